import {
  embedNamespace,
  embedVersion,
  frameMessageSchema,
  type FrameMessage,
  type ParentMessage,
} from "@attestream/shared/embed-messages";
import { parseTolerant } from "../parse-tolerant.ts";

export interface MountOptions {
  /** The element that the frame is put into, as its last child. */
  container: HTMLElement;
  /** From `createSession`, unchanged. */
  embedUrl: string;
  /** Everything the frame tells. Messages of other windows never get here. */
  onEvent?: (event: FrameMessage) => void;
  /** Called when the frame does not answer in time: blocked, offline, or not allowed on this page. */
  onUnreachable?: () => void;
  /** For example `en-GB`; the browser's own when left out. */
  locale?: string;
  theme?: "light" | "dark" | "auto";
  /** Read out by screen readers. */
  title?: string;
  /** Features the frame may use; only what it needs. */
  allow?: string;
  /** Height until the frame tells its own, CSS pixels. */
  height?: number;
}

export interface MountedFrame {
  /** Takes the frame away and forgets it. The session itself goes on until its time is up. */
  destroy(): void;
  /** Puts the keyboard into the frame. */
  focus(): void;
}

type ToFrame = ParentMessage extends infer M
  ? M extends { type: infer T; payload: infer P }
    ? { type: T; payload: P }
    : never
  : never;

const initEveryMs = 250;
const readyWithinMs = 15_000;
const heights = { smallest: 240, largest: 4_000 } as const;

/** Shows a verification in the page. Can be called again after `destroy()`; each call is on its own. */
export function mount(options: MountOptions): MountedFrame {
  const url = new URL(options.embedUrl);
  const sessionId = /\/verify\/([0-9a-f-]{36})$/.exec(url.pathname)?.[1];
  if (sessionId === undefined) throw new TypeError("embedUrl is not one that createSession has given");
  const { ownerDocument } = options.container;
  const view = ownerDocument.defaultView;
  if (!view) throw new TypeError("container is not in a page");

  // oxlint-disable-next-line react/iframe-missing-sandbox -- set two lines on
  const frame = ownerDocument.createElement("iframe");
  // It needs its script, its own cookie and its forms, which are never sent anywhere; it must not be able to lead the partner's page away.
  frame.sandbox.add(
    "allow-scripts",
    "allow-same-origin",
    "allow-forms",
    "allow-popups",
    "allow-popups-to-escape-sandbox",
  );
  frame.title = options.title ?? "Account verification";
  frame.allow = options.allow ?? "clipboard-write";
  frame.referrerPolicy = "no-referrer";
  Object.assign(frame.style, { display: "block", width: "100%", border: "0", height: `${options.height ?? 640}px` });

  let sent = 0;
  const send = (message: ToFrame) => {
    sent += 1;
    const envelope = { ns: embedNamespace, v: embedVersion, id: `p${sent}`, sessionId, ts: Date.now() } as const;
    frame.contentWindow?.postMessage({ ...envelope, ...message }, url.origin);
  };

  let repeat: number | undefined;
  const greet = () =>
    send({
      type: "init",
      payload: { ...(options.locale && { locale: options.locale }), ...(options.theme && { theme: options.theme }) },
    });
  const stopGreeting = () => {
    view.clearInterval(repeat);
    repeat = undefined;
  };
  // The page may load long before its script runs, and loads again when the user reloads it: so greet until it answers.
  const startGreeting = () => {
    stopGreeting();
    let left = readyWithinMs / initEveryMs;
    greet();
    repeat = view.setInterval(() => {
      left -= 1;
      if (left > 0) return greet();
      stopGreeting();
      options.onUnreachable?.();
    }, initEveryMs);
  };

  const receive = (event: MessageEvent<unknown>) => {
    if (event.source !== frame.contentWindow || event.origin !== url.origin) return;
    const parsed = parseTolerant(frameMessageSchema, event.data);
    if (!parsed.success || parsed.data.sessionId !== sessionId) return;
    const message = parsed.data;
    if (message.type === "ready") stopGreeting();
    if (message.type === "resize")
      frame.style.height = `${Math.min(Math.max(message.payload.height, heights.smallest), heights.largest)}px`;
    options.onEvent?.(message);
  };

  frame.addEventListener("load", startGreeting);
  view.addEventListener("message", receive);
  frame.src = url.href;
  options.container.append(frame);

  return {
    destroy() {
      stopGreeting();
      view.removeEventListener("message", receive);
      frame.removeEventListener("load", startGreeting);
      frame.remove();
    },
    focus() {
      frame.focus();
      send({ type: "focus", payload: {} });
    },
  };
}
