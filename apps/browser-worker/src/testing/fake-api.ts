import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import {
  isTokenProof,
  newLinkNonce,
  proveToken,
  upMessageSchema,
  workerCloseCodes,
  workerHelloSchema,
  workerProtocolVersion,
  type DownMessage,
  type SessionReport,
  type UpMessage,
} from "@attestream/shared/worker-protocol";
import { WebSocketServer, type WebSocket } from "ws";

type ReportMessage = Extract<UpMessage, { type: "report" }>;

/** The API's side of the control link, on a real socket: takes any worker with the right token, acknowledges reports, remembers everything. */
export class FakeApi {
  readonly received: UpMessage[] = [];
  /** Set to false to leave reports unacknowledged. */
  acknowledging = true;
  /** What it answers a worker's proof with, where it is not the API: null is nothing at all. */
  falseProof: ((workerProof: string) => string) | null | undefined;
  /** What came before the registration, as text. */
  readonly greetings: string[] = [];
  hello = { type: "hello", protocol: workerProtocolVersion, nonce: newLinkNonce() };
  readonly #token: string;
  #http: Server = createServer();
  #sockets = new WebSocketServer({ noServer: true });
  #link: WebSocket | null = null;
  #port = 0;
  readonly #waiting = new Set<() => void>();

  constructor(token: string) {
    this.#token = token;
  }

  get url(): string {
    return `http://127.0.0.1:${this.#port}`;
  }

  /** Listens again at the same port after `close`, like an API that was restarted. */
  async listen(): Promise<void> {
    this.#http = createServer();
    this.#sockets = new WebSocketServer({ noServer: true });
    this.#http.on("upgrade", (request, socket, head) => {
      if (request.url !== "/internal/worker") return void socket.end("HTTP/1.1 404 Not Found\r\n\r\n");
      this.#sockets.handleUpgrade(request, socket, head, (link) => this.#serve(link));
    });
    await new Promise<void>((resolve) => {
      this.#http.listen(this.#port, "127.0.0.1", resolve);
    });
    this.#port = (this.#http.address() as AddressInfo).port;
  }

  send(message: DownMessage): void {
    this.#link?.send(JSON.stringify(message));
  }

  closeLink(code: number): void {
    this.#link?.close(code);
  }

  /** The first message, old or new, that fits. */
  async waitFor<T extends UpMessage>(fits: (message: UpMessage) => message is T): Promise<T>;
  async waitFor(fits: (message: UpMessage) => boolean): Promise<UpMessage>;
  async waitFor(fits: (message: UpMessage) => boolean): Promise<UpMessage> {
    for (;;) {
      const found = this.received.find(fits);
      if (found) return found;
      await new Promise<void>((resolve) => this.#waiting.add(resolve));
    }
  }

  /** Throws when the session fails instead. */
  async waitForReport(sessionId: string, type: SessionReport["type"]): Promise<UpMessage> {
    const found = await this.waitFor(
      (message): message is ReportMessage =>
        message.type === "report" &&
        message.sessionId === sessionId &&
        (message.report.type === type || message.report.type === "session.failed"),
    );
    const { report } = found;
    if (report.type === "session.failed" && type !== "session.failed") throw new Error(`it failed: ${report.code}`);
    return found;
  }

  reportsOf(sessionId: string): SessionReport[] {
    return this.received.flatMap((message) =>
      message.type === "report" && message.sessionId === sessionId ? [message.report] : [],
    );
  }

  async close(): Promise<void> {
    for (const socket of this.#sockets.clients) socket.terminate();
    this.#http.closeAllConnections();
    await new Promise<void>((resolve) => {
      this.#http.close(() => resolve());
    });
  }

  #serve(link: WebSocket): void {
    this.#link = link;
    let isProven = false;
    link.send(JSON.stringify(this.hello));
    const greet = async (text: string): Promise<void> => {
      this.greetings.push(text);
      const { nonce, proof } = workerHelloSchema.parse(JSON.parse(text));
      const nonces = { api: this.hello.nonce, worker: nonce };
      if (this.falseProof === null) return;
      if (this.falseProof === undefined && !(await isTokenProof(this.#token, "worker", nonces, proof)))
        return link.close(workerCloseCodes.unauthorized);
      const own = this.falseProof?.(proof) ?? (await proveToken(this.#token, "api", nonces));
      isProven = true;
      link.send(JSON.stringify({ type: "proof", proof: own }));
    };
    link.on("message", (data) => {
      if (!isProven) return void greet(data.toString());
      const message = upMessageSchema.parse(JSON.parse(data.toString()));
      this.received.push(message);
      if (message.type === "register") this.send({ type: "registered", heartbeatMs: 200, leaseMs: 2_000 });
      if (message.type === "report" && this.acknowledging)
        this.send({ type: "report.acked", sessionId: message.sessionId, epoch: message.epoch, seq: message.seq });
      for (const wake of this.#waiting) wake();
      this.#waiting.clear();
    });
  }
}
