import { createContext } from "preact";
import { useContext } from "preact/hooks";
import type { Messages } from "../messages.ts";
import type { FormChoice } from "../session/form-choice.ts";
import type { FrameSession } from "../session/frame-session.ts";
import type { PageSize } from "../stream/page-size.ts";
import type { Picture } from "../stream/picture.ts";
import type { ViewerMessage } from "@attestream/shared/viewer-protocol";

/** What every screen may use. */
export interface FrameContext {
  session: FrameSession;
  messages: Messages;
  locale: string;
  picture: Picture;
  /** To the remote page; lost when there is no connection. */
  send(message: ViewerMessage): void;
  /** The live page shows at this size, CSS pixels. */
  stageResized(size: PageSize): void;
  /** Whether the user wants the page's fields as a form. */
  formChoice: FormChoice;
  /** Connect now, do not wait for the next try. */
  hurry(): void;
  /** Reconnect after another window took over. */
  takeOver(): void;
  /** Tell the partner's page to take the frame down; null where there is none to tell. */
  close: (() => void) | null;
  /** The server's time, Unix milliseconds. */
  now: () => number;
}

const context = createContext<FrameContext | null>(null);

export const FrameProvider = context.Provider;

export function useFrame(): FrameContext {
  const frame = useContext(context);
  if (!frame) throw new Error("a screen was drawn outside the frame");
  return frame;
}
