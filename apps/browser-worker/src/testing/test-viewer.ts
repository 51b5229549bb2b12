import { once } from "node:events";
import {
  decodePacket,
  serverMessageSchema,
  viewerSubprotocol,
  type Packet,
  type ServerMessage,
  type ViewerMessage,
} from "@attestream/shared/viewer-protocol";
import { mintViewerPass, viewerPassHeader } from "@attestream/shared/worker-protocol";
import { WebSocket } from "ws";

export interface ViewerTarget {
  port: number;
  workerToken: string;
  sessionId: string;
  epoch: number;
  viewerId: string;
}

/** A viewer as the API would forward it: keeps what it got, acknowledges packets when asked to. */
export class TestViewer {
  readonly messages: ServerMessage[] = [];
  readonly packets: Packet[] = [];
  closeCode: number | null = null;
  acknowledging = true;
  readonly #socket: WebSocket;
  readonly #waiting = new Set<() => void>();

  private constructor(socket: WebSocket) {
    this.#socket = socket;
    socket.on("message", (data, isBinary) => {
      if (isBinary) {
        const packet = decodePacket(data as Buffer);
        this.packets.push(packet);
        if (this.acknowledging) this.send({ type: "ack", seq: packet.seq });
      } else this.messages.push(serverMessageSchema.parse(JSON.parse(data.toString())));
      this.#wake();
    });
    socket.on("close", (code) => {
      this.closeCode = code;
      this.#wake();
    });
  }

  /** Throws the HTTP status when the upgrade is refused. */
  static async connect(target: ViewerTarget): Promise<TestViewer> {
    const { port, workerToken, ...claims } = target;
    const pass = await mintViewerPass(workerToken, { ...claims, expiresAt: Date.now() + 30_000 });
    const socket = new WebSocket(`ws://127.0.0.1:${port}/session/${target.sessionId}`, viewerSubprotocol, {
      headers: { [viewerPassHeader]: pass },
    });
    const viewer = new TestViewer(socket);
    await new Promise<void>((resolve, reject) => {
      socket.once("open", resolve);
      socket.once("error", reject);
      socket.once("unexpected-response", (_request, response) =>
        reject(new Error(`refused with ${response.statusCode}`)),
      );
    });
    return viewer;
  }

  send(message: ViewerMessage): void {
    this.#socket.send(JSON.stringify(message));
  }

  sendRaw(text: string): void {
    this.#socket.send(text);
  }

  click(x: number, y: number): void {
    const base = { type: "pointer", x, y, modifiers: 0 } as const;
    this.send({ ...base, action: "move", button: "none", buttons: 0, clickCount: 0 });
    this.send({ ...base, action: "down", button: "left", buttons: 1, clickCount: 1 });
    this.send({ ...base, action: "up", button: "left", buttons: 0, clickCount: 1 });
  }

  press(key: string, code: string, modifiers = 0): void {
    for (const action of ["down", "up"] as const)
      this.send({ type: "key", action, key, code, location: 0, repeat: false, modifiers });
  }

  typeText(text: string): void {
    for (const key of text) this.press(key, /[a-z]/i.test(key) ? `Key${key.toUpperCase()}` : `Digit${key}`);
  }

  async until(condition: (viewer: TestViewer) => boolean): Promise<void> {
    while (!condition(this)) await new Promise<void>((resolve) => this.#waiting.add(resolve));
  }

  async close(): Promise<void> {
    if (this.#socket.readyState === WebSocket.CLOSED) return;
    this.#socket.close();
    await once(this.#socket, "close");
  }

  #wake(): void {
    for (const wake of this.#waiting) wake();
    this.#waiting.clear();
  }
}
