import type { WorkerEnd } from "@attestream/sealed-channel/worker";
import {
  encodeMessage,
  readPayload,
  viewerCloseCodes,
  viewerMessageSchema,
  type ServerMessage,
  type ViewerMessage,
} from "@attestream/shared/viewer-protocol";
import { WebSocket } from "ws";

const mostBufferedBytes = 8 * 1024 * 1024;
const pingMs = 10_000;

export interface ViewerConnectionEvents {
  onMessage: (message: ViewerMessage) => void;
  onClose: () => void;
}

/** One open viewer WebSocket: opens and parses what comes in, seals and bounds what goes out, notices when the peer is gone. */
export class ViewerConnection {
  readonly viewerId: string;
  /** Which of the session's viewers it is, counted. */
  readonly turn: number;
  readonly #socket: WebSocket;
  readonly #seal: WorkerEnd;
  readonly #timer: NodeJS.Timeout;
  #missedPongs = 0;

  constructor(socket: WebSocket, { viewerId, turn }: { viewerId: string; turn: number }, seal: WorkerEnd) {
    this.viewerId = viewerId;
    this.turn = turn;
    this.#socket = socket;
    this.#seal = seal;
    socket.on("error", () => socket.terminate());
    socket.on("pong", () => {
      this.#missedPongs = 0;
    });
    this.#timer = setInterval(() => this.#beat(), pingMs);
    socket.on("close", () => clearInterval(this.#timer));
  }

  listen(events: ViewerConnectionEvents): void {
    this.#socket.on("close", () => events.onClose());
    this.#socket.on("message", (data, isBinary) => {
      // One Buffer: the socket's binaryType is left at its default.
      void this.#read(data as Buffer, isBinary).then((message) => {
        if (message === null) this.close(viewerCloseCodes.badMessage);
        else if (this.#socket.readyState === WebSocket.OPEN) events.onMessage(message);
      });
    });
    if (this.#socket.readyState === WebSocket.CLOSED) events.onClose();
  }

  send(message: ServerMessage): void {
    this.sendPacket(encodeMessage(message));
  }

  /** Messages are bounded like pictures: a page can make any number of both. */
  sendPacket(packet: Uint8Array): void {
    if (this.#socket.readyState !== WebSocket.OPEN) return;
    if (this.#socket.bufferedAmount > mostBufferedBytes) return this.close(viewerCloseCodes.overrun);
    this.#socket.send(this.#seal.seal(packet));
  }

  /** Null when it is no message of this protocol, or not this viewer's next. */
  async #read(data: Buffer, isBinary: boolean): Promise<ViewerMessage | null> {
    if (!isBinary) return null;
    try {
      const payload = readPayload(await this.#seal.open(data));
      return payload.kind === "message" ? (viewerMessageSchema.safeParse(payload.value).data ?? null) : null;
    } catch {
      return null;
    }
  }

  close(code: number): void {
    this.#socket.close(code);
    // A peer that does not answer the close must not hold its place.
    setTimeout(() => this.#socket.terminate(), 2_000).unref();
  }

  #beat(): void {
    if (this.#missedPongs >= 2) return this.#socket.terminate();
    this.#missedPongs += 1;
    this.#socket.ping();
  }
}
