import type { FocusedField } from "@attestream/shared/viewer-protocol";
import { setTimeout as sleep } from "node:timers/promises";
import type { CDPSession, Page } from "playwright";
import { watchForeignFrames } from "./foreign-frames.ts";
import type { Hint, WidgetHint } from "./hint.ts";
import { HintSource, type HintPlace } from "./hint-source.ts";

/** A page together with the CDP session through which it is streamed, and what it has said of itself. */
export interface PageView {
  readonly page: Page;
  readonly client: CDPSession;
  /** The field that has the focus; its place in CSS pixels of the page. */
  focus: FocusedField | null;
  cursor: string;
  loading: boolean;
  /** As `HintSource.drawn`. */
  readonly drawn: () => Promise<void>;
}

export type PageViewChange = "focus" | "cursor" | "loading";

export interface PageViewEvents {
  onChange: (view: PageView, change: PageViewChange) => void;
  /** A widget is wanted. `place`: where the choice must be told. */
  onWidget: (place: HintPlace, hint: WidgetHint) => void;
  onCopied: (view: PageView, text: string) => void;
  /** The document is gone, and what it asked with it. */
  onPlaceGone: (place: HintPlace) => void;
}

/** Opens the CDP session and plants the hint script for this and every later document of the page, in all its frames. */
export async function createPageView(
  page: Page,
  { onChange, onWidget, onCopied, onPlaceGone }: PageViewEvents,
): Promise<PageView> {
  const client = await page.context().newCDPSession(page);
  const drawn = () => main.drawn();
  const view: PageView = { page, client, focus: null, cursor: "default", loading: false, drawn };
  const setFocus = watchFocus((field) => {
    view.focus = field;
    onChange(view, "focus");
  });
  const events = {
    onHint(place: HintPlace, hint: Hint) {
      if (hint.kind === "focus") return setFocus(place, hint.field);
      if (hint.kind === "copied") return onCopied(view, hint.text);
      if (hint.kind !== "cursor") return onWidget(place, hint);
      view.cursor = hint.cursor;
      onChange(view, "cursor");
    },
    onGone(place: HintPlace) {
      setFocus(place, null);
      onPlaceGone(place);
    },
  };
  const main = await HintSource.plant(client, null, events);
  const setLoading = (frameId: string, loading: boolean) => {
    if (frameId !== main.rootFrame) return;
    view.loading = loading;
    onChange(view, "loading");
  };
  client.on("Page.frameStartedLoading", ({ frameId }) => setLoading(frameId, true));
  client.on("Page.frameStoppedLoading", ({ frameId }) => setLoading(frameId, false));
  page.on("framenavigated", (frame) => {
    if (frame === page.mainFrame()) onChange(view, "loading");
  });
  watchForeignFrames(page, main, events);
  return view;
}

const offsetAttempts = 10;
const offsetPauseMs = 100;

/**
 * Of all frames only one has the focus. They do not speak in order: a frame that lost it may say so after
 * the next one has said that it has it, so only the one that had it last can take it back.
 */
function watchFocus(
  onFocus: (field: FocusedField | null) => void,
): (place: HintPlace, field: FocusedField | null) => void {
  let owner: HintPlace | null = null;
  let turn = 0;
  return (place, field) => {
    const isOwner = owner?.source === place.source && owner.contextId === place.contextId;
    if (field === null && owner !== null && !isOwner) return;
    turn += 1;
    owner = field && place;
    if (field === null) return onFocus(null);
    const mine = turn;
    void (async () => {
      // The frames around it may not be laid out yet, and the field says only once that it has the focus.
      for (let attempt = 0; attempt < offsetAttempts; attempt += 1) {
        const offset = await place.source.offsetOf(place.contextId);
        if (mine !== turn) return;
        if (offset !== null) return onFocus({ ...field, x: field.x + offset.x, y: field.y + offset.y });
        await sleep(offsetPauseMs);
      }
    })();
  };
}
