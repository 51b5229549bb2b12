import type { FrameView } from "@attestream/shared/frame-api";
import type {
  AriaNode,
  AuthRequest,
  FileRequest,
  FocusedField,
  PageDialog,
  PagePicker,
  PageSelect,
  RunDeadline,
} from "@attestream/shared/viewer-protocol";
import type { Challenge } from "@attestream/shared";
import type { LinkQuality } from "../stream/link-quality.ts";

/** Why this page cannot show the session. */
export type Refusal =
  | "linkInvalid"
  | "linkUsed"
  /** Another window of this viewer took over: it can be taken back. */
  | "held"
  /** Some other viewer holds the session: nothing to take over from here. */
  | "heldElsewhere"
  | "notFound"
  | "over"
  | "holdLost"
  | "insecure"
  | "cookiesAndLinkMissing";

/** Where the browser is, and what it asks of the user: what the stream has told since it opened. */
export interface LivePage {
  host: string;
  secure: boolean;
  loading: boolean;
  challenge: Challenge | null;
  /** What ends the session next by the worker's clocks. */
  deadline: RunDeadline | null;
  /** Whether the user's input reaches the page. */
  control: boolean;
  cursor: string;
  field: FocusedField | null;
  /** A window that a page opened is on top; closing it leads back to this host. */
  popup: { belowHost: string } | null;
  /** What the page asks outside of its picture. */
  dialog: PageDialog | null;
  select: PageSelect | null;
  picker: PagePicker | null;
  file: FileRequest | null;
  auth: AuthRequest | null;
  /** The page as a screen reader reads it, while it is asked for. */
  aria: readonly AriaNode[];
  /** Host of a window that was closed because it does not belong to the platform, until the user has read it. */
  refusedPopup: string | null;
  /** What was copied on the page and could not go into the user's clipboard by itself, until they have taken it. */
  copied: string | null;
  /** Keys, texts and presses that were lost with the line, until the user has read it. */
  lostInput: number;
  /** True once a whole picture is drawn. */
  picture: boolean;
}

export type StreamLink =
  | { link: "idle" }
  | { link: "connecting" }
  | { link: "connected" }
  | { link: "reconnecting"; attempt: number }
  | { link: "replaced" }
  | { link: "broken" };

/** A request of the user's that the API has not answered yet. */
export type Pending = "agree" | "decline" | "cancel" | "takeBack";

export interface OpenState {
  phase: "open";
  view: FrameView;
  /** Whether the API's event stream is up. */
  feed: "up" | "down";
  stream: StreamLink;
  /** Of the connected stream, as measured from here. */
  quality: LinkQuality;
  page: LivePage;
  pending: Pending | null;
  /** The last request of the user's that failed; said beside its button. */
  failed: Pending | null;
  confirmingCancel: boolean;
  /** The user looks for the way to another device. */
  handingOver: boolean;
}

export type FrameState =
  | { phase: "opening"; trouble: "none" | "unreachable" | "busy" }
  /** Opened by the link of a hand-over, which is not spent before the user says so. */
  | { phase: "arriving"; busy: boolean; failed: boolean }
  | { phase: "refused"; refusal: Refusal }
  | OpenState
  /** The partner's page took the frame down. */
  | { phase: "closed"; lastStatus: FrameView["status"] | null };

export const blankPage: LivePage = {
  host: "",
  secure: false,
  loading: false,
  challenge: null,
  deadline: null,
  control: false,
  cursor: "default",
  field: null,
  popup: null,
  dialog: null,
  select: null,
  picker: null,
  file: null,
  auth: null,
  aria: [],
  refusedPopup: null,
  copied: null,
  lostInput: 0,
  picture: false,
};

export const initialState: FrameState = { phase: "opening", trouble: "none" };
