import { createViewerEnd, SealError, type ViewerEnd } from "@attestream/sealed-channel/viewer";
import {
  decodePacket,
  encodeMessage,
  readPayload,
  sealSubprotocolPrefix,
  serverMessageSchema,
  ticketSubprotocolPrefix,
  viewerCloseCodes,
  viewerSubprotocol,
  type ServerMessage,
  type ViewerMessage,
} from "@attestream/shared/viewer-protocol";
import type { StreamTicket, WorkerKeys } from "@attestream/shared/frame-api";
import type { Backoff } from "../session/backoff.ts";
import { FrameApiError } from "../session/frame-api-client.ts";
import type { StreamLink } from "../session/frame-state.ts";
import { wait } from "../session/wait.ts";
import { LinkProbe } from "./link-probe.ts";
import type { LinkQuality } from "./link-quality.ts";
import type { Picture } from "./picture.ts";
import { afterClose, afterTicketError, type AfterClose } from "./reconnect-policy.ts";

export interface StreamConnectionOptions {
  sessionId: string;
  ticket(signal: AbortSignal): Promise<StreamTicket>;
  workerKeys(signal: AbortSignal): Promise<WorkerKeys>;
  openSocket(url: string, protocols: string[]): WebSocket;
  picture: Picture;
  backoff: Backoff;
  /** Fires `online` when the network is back: no point in waiting longer. */
  network: EventTarget;
  /** Sent first on every connection. */
  greeting(): ViewerMessage[];
  /** Monotonic, milliseconds. */
  now: () => number;
  onLink(link: StreamLink): void;
  onQuality(quality: LinkQuality): void;
  onMessage(message: ServerMessage): void;
  onRefused(): void;
}

const longestOpeningMs = 15_000;
/** Pictures in a row that cannot be shown before the connection is given up. */
const mostFailures = 5;

interface Painted {
  any: boolean;
  failures: number;
}

/** What browsers call a connection that ended without a goodbye. */
const networkLost = 1006;

/** Sent by the program, not by its user. */
const unasked: ReadonlySet<ViewerMessage["type"]> = new Set(["ack", "keyframe", "resize", "ping", "ariaWatch"]);

/**
 * The viewer's WebSocket for as long as the session has a browser: takes a ticket, connects, draws,
 * acknowledges, and connects again after a loss. Does not know what the messages mean.
 */
export class StreamConnection {
  readonly #options: StreamConnectionOptions;
  #run: AbortController | null = null;
  #socket: WebSocket | null = null;
  #seal: ViewerEnd | null = null;
  #probe: LinkProbe | null = null;
  /** Messages in this run that broke the protocol, either way. */
  #broken = 0;
  #brokenBy: WebSocket | null = null;

  constructor(options: StreamConnectionOptions) {
    this.#options = options;
  }

  /** Does nothing while it already runs. */
  start(): void {
    if (this.#run) return;
    const run = new AbortController();
    this.#run = run;
    void this.#loop(run.signal).finally(() => {
      if (this.#run === run) this.#run = null;
    });
  }

  stop(): void {
    if (!this.#run) return;
    this.#run.abort();
    this.#run = null;
    this.#socket?.close(1000);
    this.#socket = null;
    this.#options.onLink({ link: "idle" });
  }

  /** False when there is no open connection; input is never kept for later. */
  send(message: ViewerMessage): boolean {
    const socket = this.#socket;
    if (socket?.readyState !== WebSocket.OPEN) return false;
    // Sealing keeps the order of the calls.
    void this.#seal?.seal(encodeMessage(message)).then((sealed) => {
      if (socket.readyState === WebSocket.OPEN) socket.send(sealed);
    });
    if (!unasked.has(message.type)) this.#probe?.noteUse();
    return true;
  }

  /** The page was asleep: a connection that did not live through it is made anew. */
  wake(): void {
    this.#probe?.wake();
  }

  async #loop(signal: AbortSignal): Promise<void> {
    let attempt = 0;
    this.#broken = 0;
    this.#options.onLink({ link: "connecting" });
    while (!signal.aborted) {
      const outcome = await this.#once(signal, () => {
        attempt = 0;
        this.#options.onLink({ link: "connected" });
      });
      if (signal.aborted) return;
      if (outcome.then === "refused") {
        this.#options.onRefused();
        return;
      }
      if (outcome.then !== "reconnect") {
        this.#options.onLink({ link: outcome.then === "wait" ? "idle" : outcome.then });
        return;
      }
      attempt += 1;
      this.#options.onLink({ link: "reconnecting", attempt });
      await wait(this.#options.backoff(attempt), signal, this.#options.network);
    }
  }

  async #once(signal: AbortSignal, onFirstPicture: () => void): Promise<AfterClose | { then: "refused" }> {
    let ticket: StreamTicket;
    let seal: ViewerEnd;
    try {
      const { sessionId } = this.#options;
      const [given, keys] = await Promise.all([this.#options.ticket(signal), this.#options.workerKeys(signal)]);
      ticket = given;
      seal = await createViewerEnd({ statement: ticket.sealKey, workerKeys: keys, sessionId });
    } catch (error) {
      // Nothing is typed to somebody whom nobody vouches for.
      if (error instanceof SealError) return { then: "broken" };
      return afterTicketError(error instanceof FrameApiError ? error.code : "unreachable");
    }
    if (signal.aborted) return { then: "wait" };
    return new Promise((resolve) => {
      const finish = (code: number) => {
        clearTimeout(opening);
        probe.stop();
        this.#options.network.removeEventListener("offline", goOffline);
        if (this.#socket === socket) {
          this.#socket = null;
          this.#probe = null;
        }
        resolve(afterClose(code, this.#broken));
      };
      // A dead network answers no closing handshake: not waited for.
      const goOffline = () => {
        finish(networkLost);
        socket.close();
      };
      const socket = this.#options.openSocket(ticket.url, [
        viewerSubprotocol,
        `${ticketSubprotocolPrefix}${ticket.ticket}`,
        `${sealSubprotocolPrefix}${seal.offer}`,
      ]);
      const opening = setTimeout(goOffline, longestOpeningMs);
      const painted: Painted = { any: false, failures: 0 };
      const probe = new LinkProbe({
        send: (message) => this.#socket === socket && this.send(message),
        now: this.#options.now,
        onQuality: this.#options.onQuality,
        onDead: goOffline,
      });
      socket.binaryType = "arraybuffer";
      this.#socket = socket;
      this.#seal = seal;
      this.#probe = probe;
      this.#options.picture.expectKey();
      this.#options.network.addEventListener("offline", goOffline);
      socket.addEventListener("open", () => {
        clearTimeout(opening);
        for (const message of this.#options.greeting()) this.send(message);
      });
      socket.addEventListener("message", (event: MessageEvent<unknown>) => {
        if (this.#socket !== socket) return;
        if (!(event.data instanceof ArrayBuffer)) return this.#breakOff(socket);
        void seal.open(new Uint8Array(event.data)).then(
          (opened) => {
            if (this.#socket !== socket) return;
            probe.heard();
            this.#take(socket, opened, painted, onFirstPicture);
          },
          () => this.#breakOff(socket),
        );
      });
      socket.addEventListener("close", (event) => {
        const ownDoing = this.#brokenBy === socket;
        if (event.code === viewerCloseCodes.badMessage || ownDoing) this.#broken += 1;
        finish(ownDoing ? viewerCloseCodes.badMessage : event.code);
      });
    });
  }

  #take(socket: WebSocket, bytes: Uint8Array, painted: Painted, onFirstPicture: () => void): void {
    try {
      const payload = readPayload(bytes);
      if (payload.kind === "message") this.#hear(serverMessageSchema.parse(payload.value));
      else this.#draw(socket, bytes, painted, onFirstPicture);
    } catch {
      this.#breakOff(socket);
    }
  }

  #hear(message: ServerMessage): void {
    if (message.type === "pong") this.#probe?.answered(message.id);
    else this.#options.onMessage(message);
  }

  #draw(socket: WebSocket, bytes: Uint8Array, painted: Painted, onFirstPicture: () => void): void {
    const packet = decodePacket(bytes);
    void this.#options.picture.draw(packet).then((drawn) => {
      if (this.#socket !== socket) return;
      // Acknowledged in any case: an image that cannot be decoded must not stall the capture.
      this.send({ type: "ack", seq: packet.seq });
      if (drawn === "drawn") {
        painted.failures = 0;
        if (!painted.any) {
          onFirstPicture();
          this.#probe?.noteUse();
        }
        painted.any = true;
        return;
      }
      painted.failures += 1;
      if (painted.failures > mostFailures) this.#breakOff(socket);
      else this.send({ type: "keyframe" });
    });
  }

  /** The other side may never answer the closing handshake as we ask; what counts is our own verdict. */
  #breakOff(socket: WebSocket): void {
    this.#brokenBy = socket;
    socket.close(viewerCloseCodes.badMessage);
  }
}
