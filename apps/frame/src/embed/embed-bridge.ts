import {
  embedNamespace,
  embedVersion,
  frameMessageSchema,
  parentMessageSchema,
  type FrameMessage,
} from "@attestream/shared/embed-messages";

/** A message to the partner's page, without its envelope. */
export type FrameEvent = FrameMessage extends infer M
  ? M extends { type: infer T; payload: infer P }
    ? { type: T; payload: P }
    : never
  : never;

export interface EmbedBridgeOptions {
  window: Window;
  sessionId: string;
  now: () => number;
  newId: () => string;
  onInit(init: { locale?: string | undefined; theme?: "light" | "dark" | "auto" | undefined }): void;
  onFocus(): void;
  onClose(): void;
}

/**
 * Messages between this page and the partner's page around it. The partner speaks first: its `init`
 * (repeated until `ready` comes back) tells the origin that every message is then addressed to. Until
 * then messages wait here, so nothing is ever sent to "*".
 */
export class EmbedBridge {
  readonly #options: EmbedBridgeOptions;
  readonly #waiting: FrameEvent[] = [];
  #origin: string | null = null;

  constructor(options: EmbedBridgeOptions) {
    this.#options = options;
    if (this.#embedded) options.window.addEventListener("message", this.#receive);
  }

  get #embedded(): boolean {
    return this.#options.window.parent !== this.#options.window;
  }

  /** True once the partner's page has made itself known. */
  get connected(): boolean {
    return this.#origin !== null;
  }

  send(event: FrameEvent): void {
    if (!this.#embedded) return;
    if (this.#origin === null) {
      // Only a page that never says `init` gets this far; what is old is of no use to it.
      if (this.#waiting.length >= 200) this.#waiting.shift();
      this.#waiting.push(event);
      return;
    }
    this.#post(event, this.#origin);
  }

  dispose(): void {
    this.#options.window.removeEventListener("message", this.#receive);
  }

  readonly #receive = (event: MessageEvent<unknown>): void => {
    const { window, sessionId } = this.#options;
    if (event.source !== window.parent || event.origin === "null" || event.origin === "") return;
    if (this.#origin !== null && event.origin !== this.#origin) return;
    const parsed = parentMessageSchema.safeParse(event.data);
    if (!parsed.success || parsed.data.sessionId !== sessionId) return;
    const message = parsed.data;
    if (message.type === "init") {
      this.#origin = event.origin;
      this.#post({ type: "ready", payload: {} }, event.origin);
      for (const held of this.#waiting.splice(0)) this.#post(held, event.origin);
      this.#options.onInit(message.payload);
    } else if (this.#origin !== null) {
      if (message.type === "focus") this.#options.onFocus();
      else this.#options.onClose();
    }
  };

  #post(event: FrameEvent, origin: string): void {
    const { window, sessionId, now, newId } = this.#options;
    const message = frameMessageSchema.parse({
      ns: embedNamespace,
      v: embedVersion,
      id: newId(),
      sessionId,
      ts: now(),
      ...event,
    });
    window.parent.postMessage(message, origin);
  }
}
