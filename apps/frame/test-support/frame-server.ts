/**
 * A stand-in for API and worker as the frame page sees them: real HTTP, real event stream, real
 * WebSocket, the real wire schemas. What it says is decided by the test.
 */
import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { Duplex } from "node:stream";
import { extname, join } from "node:path";
import { randomUUID } from "node:crypto";
import {
  createSessionSealKey,
  createWorkerIdentity,
  type SessionSealKey,
  type WorkerEnd,
  type WorkerIdentity,
} from "@attestream/sealed-channel/worker";
import { WebSocketServer, WebSocket } from "ws";
import { apiErrors, type ApiErrorCode } from "@attestream/shared";
import { frameViewSchema, type FrameView } from "@attestream/shared/frame-api";
import {
  encodeMessage,
  encodePacket,
  packetFlags,
  readPayload,
  sealSubprotocolPrefix,
  serverMessageSchema,
  ticketSubprotocolPrefix,
  viewerMessageSchema,
  viewerProtocolVersion,
  viewerSubprotocol,
  type PacketRectangle,
  type PacketShift,
  type ServerMessage,
  type ViewerMessage,
} from "@attestream/shared/viewer-protocol";
import { buildFrame } from "../build.ts";

type MessageOf<T extends ViewerMessage["type"]> = Extract<ViewerMessage, { type: T }>;

export interface FrameServerOptions {
  view?: Partial<FrameView>;
  /** False: as if the browser blocked our cookie. */
  cookies?: boolean;
  /** True: the stream's key is signed by nobody whom the API publishes. */
  strangeKey?: boolean;
  /** The stream leads to this worker; all else is still decided by the test. */
  worker?: ForeignWorker;
}

/** A real worker that holds a session. */
export interface ForeignWorker {
  sessionId: string;
  /** Of the key that goes with a ticket. */
  statement: string;
  publicJwk: WorkerIdentity["publicJwk"];
  forward(request: IncomingMessage, viewer: Duplex, head: Buffer): Promise<void>;
}

interface StandInWorker {
  publicJwk: WorkerIdentity["publicJwk"];
  key: SessionSealKey;
  statement: string;
}

export class FrameServer {
  readonly sessionId: string;
  view: FrameView;
  /** Everything the viewer sent on the stream, parsed strictly. */
  readonly received: ViewerMessage[] = [];
  /** Requests below /verify/:id, as `POST consent`. */
  readonly requests: string[] = [];
  /** Answers the next request of this name with an error, or never (`hang`). */
  readonly faults = new Map<string, ApiErrorCode | "hang">();
  /** Opens the session on another device, once. */
  handOverToken: string = randomUUID();
  /** How late pings are answered, milliseconds; null: never. They are not kept. */
  pongMs: number | null = 0;
  /** Pings that have come and were not answered yet. */
  unanswered = 0;
  readonly #http: Server;
  readonly #sockets: WebSocketServer;
  readonly #cookies: boolean;
  readonly #secret = randomUUID();
  readonly #tickets = new Set<string>();
  readonly #tokens = new Set<string>();
  readonly #feeds = new Set<ServerResponse>();
  readonly #waiters = new Set<() => void>();
  readonly #worker: StandInWorker;
  #stream: { socket: WebSocket; seal: WorkerEnd } | null = null;
  #seq = 0;
  #opened = 0;

  private constructor(http: Server, worker: StandInWorker, sessionId: string, options: FrameServerOptions) {
    this.#http = http;
    this.#worker = worker;
    this.sessionId = sessionId;
    this.#cookies = options.cookies ?? true;
    this.view = frameViewSchema.parse({ ...sampleView(this.sessionId), ...options.view });
    this.#sockets = new WebSocketServer({ noServer: true, handleProtocols: () => viewerSubprotocol });
  }

  static async start(options: FrameServerOptions = {}): Promise<FrameServer> {
    const { dist } = await buildFrame();
    const http = createServer();
    const sessionId = options.worker?.sessionId ?? randomUUID();
    const key = await createSessionSealKey({ sessionId, epoch: 1 });
    const identity = await createWorkerIdentity();
    const signer = options.strangeKey ? await createWorkerIdentity() : identity;
    const statement = await signer.sign({ sessionId, epoch: 1, publicKey: key.publicKey });
    const worker = { publicJwk: identity.publicJwk, key, statement, ...options.worker };
    const server = new FrameServer(http, worker, sessionId, options);
    http.on("request", (request, response) => void server.#answer(request, response, dist));
    http.on("upgrade", (request, socket, head) => {
      const [protocol, ticket, seal] = (request.headers["sec-websocket-protocol"] ?? "").split(/,\s*/);
      if (
        protocol !== viewerSubprotocol ||
        !ticket?.startsWith(ticketSubprotocolPrefix) ||
        !server.#tickets.delete(ticket.slice(ticketSubprotocolPrefix.length)) ||
        !seal?.startsWith(sealSubprotocolPrefix)
      ) {
        socket.destroy();
        return;
      }
      if (options.worker) return void options.worker.forward(request, socket, head);
      const offer = seal.slice(sealSubprotocolPrefix.length);
      server.#sockets.handleUpgrade(request, socket, head, (stream) => void server.#connect(stream, offer));
    });
    http.listen(0, "127.0.0.1");
    await once(http, "listening");
    return server;
  }

  get origin(): string {
    return `http://127.0.0.1:${(this.#http.address() as AddressInfo).port}`;
  }

  /** Connections of the stream so far. */
  get opened(): number {
    return this.#opened;
  }

  get streaming(): boolean {
    return this.#stream !== null;
  }

  /** The session's page, with a token that opens it once. */
  embedUrl(): string {
    const token = randomUUID();
    this.#tokens.add(token);
    return `${this.origin}/verify/${this.sessionId}?token=${token}`;
  }

  /** The session changes: every open event stream hears of it. */
  show(patch: Partial<FrameView>): void {
    this.view = frameViewSchema.parse({ ...this.view, ...patch });
    for (const feed of this.#feeds) feed.write(`data: ${JSON.stringify(this.view)}\n\n`);
  }

  say(message: ServerMessage): void {
    this.#send(encodeMessage(serverMessageSchema.parse(message)));
  }

  draw(packet: {
    width: number;
    height: number;
    key?: boolean;
    shift?: PacketShift;
    rectangles: PacketRectangle[];
  }): number {
    this.#seq += 1;
    const { width, height, rectangles } = packet;
    this.#send(
      encodePacket({
        flags: packet.key === false ? packetFlags.delta : packetFlags.key,
        seq: this.#seq,
        width,
        height,
        shift: packet.shift ?? null,
        rectangles,
      }),
    );
    return this.#seq;
  }

  /** One image as a whole picture. */
  drawWhole(width: number, height: number, image: Uint8Array): number {
    return this.draw({ width, height, rectangles: [{ x: 0, y: 0, width, height, image }] });
  }

  dropStream(code: number): void {
    this.#stream?.socket.close(code);
  }

  /** As a network does it: no goodbye. */
  cutStream(): void {
    this.#stream?.socket.terminate();
  }

  cutFeeds(): void {
    for (const feed of this.#feeds) feed.destroy();
  }

  /** Resolves once the condition holds; looks again whenever anything happens here. */
  until(condition: () => boolean): Promise<void> {
    return new Promise((resolve) => {
      const look = () => {
        if (!condition()) return;
        this.#waiters.delete(look);
        resolve();
      };
      this.#waiters.add(look);
      look();
    });
  }

  /** The first message of this type from `from` on (an index of `received`) that fits. */
  async message<T extends ViewerMessage["type"]>(
    type: T,
    fits: (message: MessageOf<T>) => boolean = () => true,
    from = 0,
  ): Promise<MessageOf<T>> {
    const find = () =>
      this.received
        .slice(from)
        .find((message): message is MessageOf<T> => message.type === type && fits(message as MessageOf<T>));
    await this.until(() => find() !== undefined);
    return find() as MessageOf<T>;
  }

  async close(): Promise<void> {
    for (const client of this.#sockets.clients) client.terminate();
    this.#http.closeAllConnections();
    this.#http.close();
    await once(this.#http, "close");
  }

  #happened(): void {
    for (const waiter of this.#waiters) waiter();
  }

  #send(bytes: Uint8Array): void {
    if (this.#stream) this.#stream.socket.send(this.#stream.seal.seal(bytes));
  }

  /** Not sealed: as who sits between viewer and worker could try. */
  sendUnsealed(data: string | Uint8Array): void {
    this.#stream?.socket.send(data);
  }

  async #connect(stream: WebSocket, offer: string): Promise<void> {
    const accepting = this.#worker.key.accept(offer);
    stream.on("message", async (data) => {
      const payload = readPayload(await (await accepting).open(data as Buffer));
      if (payload.kind === "message") this.#hear(viewerMessageSchema.parse(payload.value));
      this.#happened();
    });
    const seal = await accepting;
    // Its page may be gone already.
    if (stream.readyState !== WebSocket.OPEN) return;
    this.#stream = { socket: stream, seal };
    this.#opened += 1;
    stream.on("close", () => {
      if (this.#stream?.socket === stream) this.#stream = null;
      this.#happened();
    });
    const hello: ServerMessage = { type: "hello", protocol: viewerProtocolVersion, width: 800, height: 600, taken: 0 };
    this.#send(encodeMessage(hello));
    this.#happened();
  }

  #answerPing(id: number): void {
    this.say({ type: "pong", id });
    this.unanswered -= 1;
    this.#happened();
  }

  #hear(message: ViewerMessage): void {
    if (message.type !== "ping") return void this.received.push(message);
    this.unanswered += 1;
    if (this.pongMs !== null) setTimeout(() => this.#answerPing(message.id), this.pongMs);
  }

  async #answer(request: IncomingMessage, response: ServerResponse, dist: string): Promise<void> {
    const url = new URL(request.url ?? "/", this.origin);
    if (url.pathname.startsWith("/verify/assets/")) {
      const types: Record<string, string> = { ".js": "text/javascript", ".css": "text/css", ".woff2": "font/woff2" };
      response.setHeader("content-type", types[extname(url.pathname)] ?? "application/octet-stream");
      response.end(await readFile(join(dist, "assets", url.pathname.slice("/verify/assets/".length))));
      return;
    }
    if (url.pathname === "/.well-known/worker-keys.json") {
      response.setHeader("content-type", "application/json");
      response.end(JSON.stringify({ keys: [this.#worker.publicJwk] }));
      return;
    }
    const [, , id, action] = url.pathname.split("/");
    if (id !== this.sessionId) return fail(response, "not_found");
    if (action === undefined) {
      response.setHeader("content-type", "text/html; charset=utf-8");
      response.setHeader(
        "content-security-policy",
        `default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob: data:; font-src 'self'; connect-src 'self' ${this.origin.replace("http", "ws")}; base-uri 'none'; form-action 'none'`,
      );
      response.end(await readFile(join(dist, "index.html")));
      return;
    }
    this.requests.push(`${request.method} ${action}`);
    let body = "";
    for await (const part of request) body += String(part);
    const fault = this.faults.get(action);
    this.#happened();
    if (fault === "hang") return;
    if (fault) return fail(response, fault);
    if (action === "exchange") {
      const { token } = JSON.parse(body) as { token: string };
      if (!this.#tokens.delete(token)) return fail(response, "embed_token_used");
      if (this.#cookies)
        response.setHeader(
          "set-cookie",
          `as-${id}=${this.#secret}; Path=/; Secure; HttpOnly; SameSite=None; Partitioned`,
        );
      return succeed(response, { view: this.view, resumeSecret: this.#secret });
    }
    if (action === "take-over") {
      const { token } = JSON.parse(body) as { token?: string };
      if (token !== undefined && token !== this.handOverToken) return fail(response, "embed_token_used");
      this.handOverToken = randomUUID();
      this.view = { ...this.view, handOver: { elsewhere: false, returnable: true, offered: false } };
      response.setHeader(
        "set-cookie",
        `as-${id}=${this.#secret}; Path=/; Secure; HttpOnly; SameSite=None; Partitioned`,
      );
      return succeed(response, { view: this.view, resumeSecret: this.#secret });
    }
    const known = this.#cookies
      ? (request.headers.cookie ?? "").includes(this.#secret)
      : request.headers.authorization === `Bearer ${this.#secret}`;
    if (!known) return fail(response, "viewer_unknown");
    switch (action) {
      case "resume":
        return succeed(response, { view: this.view, resumeSecret: this.#secret });
      case "stream-ticket": {
        if (!this.view.streamable) return fail(response, "session_has_no_browser");
        const ticket = randomUUID();
        this.#tickets.add(ticket);
        const stream = `${this.origin.replace("http", "ws")}/stream/${id}`;
        return succeed(response, { url: stream, ticket, sealKey: this.#worker.statement });
      }
      case "consent": {
        const { accepted } = JSON.parse(body) as { accepted: boolean };
        if (accepted) this.show({ consent: { ...this.view.consent, given: true } });
        else this.show({ status: "CANCELLED", streamable: false, reason: reasonOf("CONSENT_DECLINED") });
        return succeed(response, this.view);
      }
      case "hand-over": {
        const { to } = JSON.parse(body) as { to: string };
        const link = to === "another" ? `${this.origin}/verify/${id}?handover=${this.handOverToken}` : null;
        return succeed(response, { url: link, expiresAt: new Date(Date.now() + 120_000).toISOString() });
      }
      case "cancel":
        this.show({ status: "CANCELLED", streamable: false, reason: reasonOf("USER_CANCELLED") });
        return succeed(response, this.view);
      case "events":
        response.writeHead(200, { "content-type": "text/event-stream", "cache-control": "no-store" });
        response.write(`: hello\n\ndata: ${JSON.stringify(this.view)}\n\n`);
        this.#feeds.add(response);
        response.on("close", () => this.#feeds.delete(response));
        return;
      default:
        fail(response, "not_found");
    }
  }
}

export function reasonOf(code: "CONSENT_DECLINED" | "USER_CANCELLED"): NonNullable<FrameView["reason"]> {
  return { code, category: "USER", retriable: true, message: "said by the test" };
}

function sampleView(sessionId: string): FrameView {
  return {
    sessionId,
    version: 1,
    status: "CREATED",
    progress: 0,
    partner: { name: "Northwind Lending" },
    platform: { name: "demo-bank", displayName: "Demo Bank", icon: null },
    consent: { required: true, given: true, fields: ["Account holder", "Account type", "Last four digits", "Balance"] },
    queue: null,
    streamable: false,
    expiresAt: new Date(Date.now() + 3_600_000).toISOString(),
    consentBy: null,
    viewerGraceMs: 120_000,
    handOver: { elsewhere: false, returnable: false, offered: false },
    reason: null,
    locale: null,
    theme: "auto",
  };
}

function succeed(response: ServerResponse, data: unknown): void {
  response.setHeader("content-type", "application/json");
  response.end(JSON.stringify({ status: "success", data }));
}

function fail(response: ServerResponse, code: ApiErrorCode): void {
  const { status, type, retriable, message } = apiErrors[code];
  response.writeHead(status, { "content-type": "application/json" });
  response.end(
    JSON.stringify({
      status: "error",
      error: { type, code, message, retriable, requestId: "test", docUrl: "https://docs.example.com" },
    }),
  );
}
