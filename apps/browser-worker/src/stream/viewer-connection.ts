import {
  viewerCloseCodes,
  viewerMessageSchema,
  type ServerMessage,
  type ViewerMessage,
} from "@attestream/shared/viewer-protocol";
import { WebSocket, type RawData } from "ws";

const mostBufferedBytes = 8 * 1024 * 1024;
const pingMs = 10_000;

export interface ViewerConnectionEvents {
  onMessage: (message: ViewerMessage) => void;
  onClose: () => void;
}

/** One open viewer WebSocket: parses what comes in, bounds what goes out, notices when the peer is gone. */
export class ViewerConnection {
  readonly viewerId: string;
  readonly #socket: WebSocket;
  readonly #timer: NodeJS.Timeout;
  #missedPongs = 0;

  constructor(socket: WebSocket, viewerId: string) {
    this.viewerId = viewerId;
    this.#socket = socket;
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
      const message = isBinary ? null : parseMessage(data);
      if (message === null) this.close(viewerCloseCodes.badMessage);
      else if (this.#socket.readyState === WebSocket.OPEN) events.onMessage(message);
    });
    if (this.#socket.readyState === WebSocket.CLOSED) events.onClose();
  }

  send(message: ServerMessage): void {
    if (this.#socket.readyState === WebSocket.OPEN) this.#socket.send(JSON.stringify(message));
  }

  sendPacket(packet: Uint8Array): void {
    if (this.#socket.readyState !== WebSocket.OPEN) return;
    if (this.#socket.bufferedAmount > mostBufferedBytes) return this.close(viewerCloseCodes.overrun);
    this.#socket.send(packet, { binary: true });
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

function parseMessage(data: RawData): ViewerMessage | null {
  try {
    return viewerMessageSchema.safeParse(JSON.parse(data.toString())).data ?? null;
  } catch {
    return null;
  }
}
