import { once } from "node:events";
import { createViewerEnd, type ViewerEnd } from "@attestream/sealed-channel/viewer";
import { streamTicketSchema, frameOpeningSchema, workerKeysSchema } from "@attestream/shared/frame-api";
import {
  decodePacket,
  encodeMessage,
  readPayload,
  sealSubprotocolPrefix,
  serverMessageSchema,
  ticketSubprotocolPrefix,
  viewerSubprotocol,
  type ViewerMessage,
} from "@attestream/shared/viewer-protocol";
import { WebSocket } from "ws";
import { z } from "zod";
import { viewSize } from "../pages/view-size.ts";

const openWithinMs = 60_000;

/**
 * Takes the frame's part without a browser: opens what comes and acknowledges it, and draws nothing. For rows in
 * which many look at once: their eyes would be most of what the machine does.
 */
export class BareViewer {
  readonly #socket: WebSocket;
  readonly #seal: ViewerEnd;
  #control = false;
  #pictures = 0;
  #changed = Promise.withResolvers<void>();

  private constructor(socket: WebSocket, seal: ViewerEnd) {
    this.#socket = socket;
    this.#seal = seal;
    socket.on("message", (data) => void this.#hear(data as Buffer));
  }

  /** Redeems the session's link, as the frame page does, and looks until the user may act. */
  static async open(embedUrl: string): Promise<BareViewer> {
    const { origin, pathname, searchParams } = new URL(embedUrl);
    const ask = async <T>(path: string, schema: z.ZodType<T>, body: object, secret?: string): Promise<T> => {
      const response = await fetch(`${origin}${pathname}/${path}`, {
        method: "POST",
        headers: {
          "content-type": "application/json",
          origin,
          ...(secret === undefined ? {} : { authorization: `Bearer ${secret}` }),
        },
        body: JSON.stringify(body),
      });
      if (!response.ok) throw new Error(`${path}: HTTP ${response.status}`);
      return z.object({ data: schema }).parse(await response.json()).data;
    };
    // A browser is looked for from now on.
    const { view, resumeSecret } = await ask("exchange", frameOpeningSchema, { token: searchParams.get("token") });
    await untilStreamable(`${origin}${pathname}/events`, resumeSecret);
    const ticket = await ask("stream-ticket", streamTicketSchema, {}, resumeSecret);
    const keys = await fetch(`${origin}/.well-known/worker-keys.json`).then((response) => response.json());
    const seal = await createViewerEnd({
      statement: ticket.sealKey,
      workerKeys: workerKeysSchema.parse(keys),
      sessionId: view.sessionId,
    });
    const socket = new WebSocket(
      ticket.url,
      [viewerSubprotocol, `${ticketSubprotocolPrefix}${ticket.ticket}`, `${sealSubprotocolPrefix}${seal.offer}`],
      { origin },
    );
    const viewer = new BareViewer(socket, seal);
    await once(socket, "open");
    viewer.#send({ type: "resize", ...viewSize });
    await viewer.#until(() => viewer.#control && viewer.#pictures > 0);
    return viewer;
  }

  /** How many have come so far. */
  get pictures(): number {
    return this.#pictures;
  }

  click(x: number, y: number): void {
    const base = { type: "pointer", x, y, modifiers: 0, button: "left", clickCount: 1 } as const;
    this.#send({ ...base, action: "down", buttons: 1 });
    this.#send({ ...base, action: "up", buttons: 0 });
  }

  /** Milliseconds from a key until the next picture has come. */
  async press(key: string): Promise<number> {
    const before = this.#pictures;
    const pressedAt = performance.now();
    for (const action of ["down", "up"] as const)
      this.#send({
        type: "key",
        action,
        key,
        code: `Key${key.toUpperCase()}`,
        location: 0,
        repeat: false,
        modifiers: 0,
      });
    await this.#until(() => this.#pictures > before);
    return performance.now() - pressedAt;
  }

  close(): void {
    this.#socket.terminate();
  }

  async #until(isSo: () => boolean): Promise<void> {
    const deadline = AbortSignal.timeout(openWithinMs);
    const late = once(deadline, "abort");
    while (!isSo()) {
      await Promise.race([this.#changed.promise, late]);
      if (deadline.aborted) throw new Error("the bare viewer has waited in vain");
    }
  }

  #send(message: ViewerMessage): void {
    void this.#seal.seal(encodeMessage(message)).then((sealed) => this.#socket.send(sealed));
  }

  async #hear(sealed: Buffer): Promise<void> {
    const opened = await this.#seal.open(sealed);
    const payload = readPayload(opened);
    if (payload.kind === "message") {
      const message = serverMessageSchema.parse(payload.value);
      if (message.type === "control") this.#control = message.enabled;
    } else {
      this.#pictures += 1;
      this.#send({ type: "ack", seq: decodePacket(opened).seq });
    }
    this.#changed.resolve();
    this.#changed = Promise.withResolvers();
  }
}

/** Reads the session's views until one says that a browser is there. */
async function untilStreamable(eventsUrl: string, secret: string): Promise<void> {
  const response = await fetch(eventsUrl, {
    headers: { authorization: `Bearer ${secret}`, accept: "text/event-stream" },
    signal: AbortSignal.timeout(openWithinMs),
  });
  if (!response.ok || response.body === null) throw new Error(`events: HTTP ${response.status}`);
  let told = "";
  for await (const text of response.body.pipeThrough(new TextDecoderStream())) {
    told += text;
    if (told.includes('"streamable":true')) return;
  }
  throw new Error("the session ended before it had a browser");
}
