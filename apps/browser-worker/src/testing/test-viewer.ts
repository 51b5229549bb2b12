import { once } from "node:events";
import { createViewerEnd, type ViewerEnd } from "@attestream/sealed-channel/viewer";
import {
  decodePacket,
  encodeMessage,
  readPayload,
  sealSubprotocolPrefix,
  serverMessageSchema,
  viewerSubprotocol,
  type Packet,
  type ServerMessage,
  type ViewerMessage,
} from "@attestream/shared/viewer-protocol";
import { mintViewerPass, viewerPassHeader } from "@attestream/shared/worker-protocol";
import { WebSocket } from "ws";
import type { FakeApi } from "./fake-api.ts";

export interface ViewerTarget {
  port: number;
  workerToken: string;
  sessionId: string;
  epoch: number;
  viewerId: string;
  turn?: number;
  /** Has heard which key the worker stated for the session, and who the worker is. */
  api: FakeApi;
}

/** A viewer as the API would forward it: keeps what it got, acknowledges packets when asked to. */
export class TestViewer {
  readonly messages: ServerMessage[] = [];
  readonly packets: Packet[] = [];
  closeCode: number | null = null;
  acknowledging = true;
  readonly #socket: WebSocket;
  readonly #seal: ViewerEnd | null;
  readonly #waiting = new Set<() => void>();

  private constructor(socket: WebSocket, seal: ViewerEnd | null) {
    this.#socket = socket;
    this.#seal = seal;
    socket.on("message", (data) => void this.#hear(data as Buffer));
    socket.on("close", (code) => {
      this.closeCode = code;
      this.#wake();
    });
  }

  /** Throws the HTTP status when the upgrade is refused. */
  static async connect(target: ViewerTarget): Promise<TestViewer> {
    const { port, workerToken, api, turn = 1, ...claims } = target;
    const pass = await mintViewerPass(workerToken, { ...claims, turn, expiresAt: Date.now() + 30_000 });
    const seal = await sealFor(api, target.sessionId);
    // For a session that the worker does not hold there is no key: the refusal comes before it matters.
    const protocols = [viewerSubprotocol, `${sealSubprotocolPrefix}${seal?.offer ?? "none"}`];
    const socket = new WebSocket(`ws://127.0.0.1:${port}/session/${target.sessionId}`, protocols, {
      headers: { [viewerPassHeader]: pass },
    });
    const viewer = new TestViewer(socket, seal);
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
    this.sendRaw(encodeMessage(message));
  }

  /** Sealed as any message, whatever it is. */
  sendRaw(bytes: Uint8Array): void {
    void this.#seal?.seal(bytes).then((sealed) => this.#socket.send(sealed));
  }

  sendUnsealed(data: string | Uint8Array): void {
    this.#socket.send(data);
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

  async #hear(data: Buffer): Promise<void> {
    const opened = await this.#seal?.open(data);
    if (!opened) return;
    const payload = readPayload(opened);
    if (payload.kind === "message") this.messages.push(serverMessageSchema.parse(payload.value));
    else {
      const packet = decodePacket(opened);
      this.packets.push(packet);
      if (this.acknowledging) this.send({ type: "ack", seq: packet.seq });
    }
    this.#wake();
  }

  #wake(): void {
    for (const wake of this.#waiting) wake();
    this.#waiting.clear();
  }
}

/** What the frame does with its ticket: null while the worker has stated no key for this session. */
async function sealFor(api: FakeApi, sessionId: string): Promise<ViewerEnd | null> {
  const started = api.reportsOf(sessionId).findLast((report) => report.type === "browser.started");
  const registered = api.received.findLast((message) => message.type === "register");
  if (started?.type !== "browser.started" || registered?.type !== "register") return null;
  return createViewerEnd({ statement: started.sealKey, workerKeys: { keys: [registered.identityKey] }, sessionId });
}
