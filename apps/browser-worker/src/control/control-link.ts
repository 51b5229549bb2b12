import { setTimeout as sleep } from "node:timers/promises";
import {
  downMessageSchema,
  workerCloseCodes,
  type DownMessage,
  type UpMessage,
} from "@attestream/shared/worker-protocol";
import type { Logger } from "pino";
import { WebSocket, type RawData } from "ws";
import { backoffMs } from "./backoff.ts";
import { decideOnClose } from "./close-decision.ts";
import { createGreeting } from "./greet-api.ts";
import type { ReportBuffer } from "./report-buffer.ts";

type RegisterMessage = Extract<UpMessage, { type: "register" }>;
type HeartbeatMessage = Extract<UpMessage, { type: "heartbeat" }>;

export interface ControlLinkOptions {
  /** Base of the API, http or https. */
  apiUrl: string;
  workerToken: string;
  reports: ReportBuffer;
  describe: () => RegisterMessage;
  heartbeat: () => HeartbeatMessage;
  onMessage: (message: DownMessage) => void;
  onRegistered: () => void;
  random: () => number;
  log: Logger;
}

const openTimeoutMs = 10_000;
/** From the open socket to the registration. */
const registerTimeoutMs = 20_000;

/**
 * The worker's connection to the API: opens it, makes sure that it is the API, registers, beats, opens it again when it is lost, and
 * replays reports that were not acknowledged. Does not know what an assignment means; sessions go on
 * while it is down.
 */
export class ControlLink {
  readonly #options: ControlLinkOptions;
  #socket: WebSocket | null = null;
  #registered = false;

  constructor(options: ControlLinkOptions) {
    this.#options = options;
  }

  /** Resolves when `signal` aborts; rejects when the API says that this worker can never register. */
  async run(signal: AbortSignal): Promise<void> {
    for (let attempt = 0; !signal.aborted;) {
      const ending = await this.#connectOnce(signal);
      if (signal.aborted) return;
      const decision = decideOnClose(ending.code);
      if (decision.then === "stop") throw new Error(decision.reason);
      attempt = ending.wasRegistered && decision.then === "register again" ? 0 : attempt + 1;
      const delayMs = backoffMs(attempt, this.#options.random);
      this.#options.log.warn({ code: ending.code, delayMs }, "control link lost, connecting again");
      await sleep(delayMs, undefined, { signal }).catch(() => {});
    }
  }

  /** Sends at once if the link is up. A report is also kept in the buffer; any other message is dropped while it is down. */
  send(message: UpMessage): void {
    if (this.#registered) this.#transmit(message);
  }

  #transmit(message: UpMessage): void {
    if (this.#socket?.readyState === WebSocket.OPEN) this.#socket.send(JSON.stringify(message));
  }

  #connectOnce(signal: AbortSignal): Promise<{ code: number; wasRegistered: boolean }> {
    const { apiUrl, workerToken, log } = this.#options;
    const socket = new WebSocket(`${apiUrl.replace(/^http/, "ws")}/internal/worker`, {
      perMessageDeflate: false,
      handshakeTimeout: openTimeoutMs,
      maxPayload: 8 * 1024 * 1024,
    });
    this.#socket = socket;
    let stopBeating = () => {};
    const greeting = createGreeting(workerToken);
    let isProven = false;
    return new Promise((resolve) => {
      const abort = () => socket.close(1000);
      signal.addEventListener("abort", abort, { once: true });
      let code = 1006;
      const end = (own: number) => {
        code = own;
        socket.close(own);
      };
      const unregistered = setTimeout(() => {
        log.error({ apiUrl }, "what answers at API_URL took the link and did not register this worker");
        socket.terminate();
      }, registerTimeoutMs);
      const greet = async (text: string) => {
        const step = await greeting(text);
        if (step.then === "close") {
          log.error({ apiUrl, problem: step.problem }, "control link given up before anything was said on it");
          return end(step.code);
        }
        if (step.then === "send") return socket.send(JSON.stringify(step.message), () => {});
        isProven = true;
        this.#transmit(this.#options.describe());
      };
      // One after the other: what comes while a proof is checked is a breach, and told by the next step.
      let greeted = Promise.resolve();
      socket.on("unexpected-response", (_request, response) => {
        log.warn({ status: response.statusCode }, "the API refused the control link");
        socket.terminate();
      });
      socket.on("error", (error) => log.debug({ reason: error.message }, "control link error"));
      socket.on("message", (data) => {
        if (!isProven) {
          // A message behind the proof would be taken for one of the handshake: nothing may come before we have registered.
          greeted = greeted.then(() => (isProven ? end(workerCloseCodes.badMessage) : greet(data.toString())));
          return;
        }
        const message = this.#parse(data);
        if (message === null) return end(workerCloseCodes.badMessage);
        if (message.type !== "registered") return this.#receive(message);
        clearTimeout(unregistered);
        stopBeating();
        stopBeating = this.#startBeating(socket, message.heartbeatMs);
        this.#registered = true;
        for (const report of this.#options.reports.unacknowledged()) this.#transmit(report);
        log.info({ apiUrl }, "registered with the API");
        this.#options.onRegistered();
      });
      socket.on("close", (closeCode) => {
        const wasRegistered = this.#registered;
        this.#registered = false;
        this.#socket = null;
        clearTimeout(unregistered);
        stopBeating();
        signal.removeEventListener("abort", abort);
        resolve({ code: code === 1006 ? closeCode : code, wasRegistered });
      });
    });
  }

  #receive(message: DownMessage): void {
    if (message.type === "report.acked")
      this.#options.reports.acknowledge(message.sessionId, message.epoch, message.seq);
    else this.#options.onMessage(message);
  }

  /** Also pings: a peer that is gone without a word is noticed after three silent beats. */
  #startBeating(socket: WebSocket, heartbeatMs: number): () => void {
    let silent = 0;
    const heard = () => {
      silent = 0;
    };
    socket.on("pong", heard);
    const timer = setInterval(() => {
      silent += 1;
      if (silent > 3) return socket.terminate();
      this.#transmit(this.#options.heartbeat());
      socket.ping();
    }, heartbeatMs);
    return () => {
      clearInterval(timer);
      socket.off("pong", heard);
    };
  }

  #parse(data: RawData): DownMessage | null {
    try {
      return downMessageSchema.parse(JSON.parse(data.toString()));
    } catch {
      // The message may hold a platform file: its content is not logged.
      this.#options.log.error("the API sent a message that the worker protocol does not know");
      return null;
    }
  }
}
