import { createHash } from "node:crypto";
import { connect as connectTls, rootCertificates } from "node:tls";
import { publicJwkSchema, type PublicJwk } from "@attestream/attestation";
import {
  attestorCloseCodes,
  attestorDownMessageSchema,
  controlPath,
  maxAttestorMessageBytes,
  type AttestorAddress,
  type AttestorDownMessage,
  type AttestorRefusal,
  type AttestorUpMessage,
} from "@attestream/shared/attestor-protocol";
import type { Logger } from "pino";
import { WebSocket } from "ws";
import type { ReachAttestor } from "./reach-attestor.ts";
import { createAttestorGreeting } from "./greet-attestor.ts";

export interface AttestorLinkOptions {
  address: AttestorAddress;
  token: string;
  /** PEM: authorities that are trusted besides the usual ones. */
  ca: string | undefined;
  /** Where it is not reached as anybody connects. */
  reach?: ReachAttestor | undefined;
  log: Logger;
}

/** The attestor answered that it will not. */
export class AttestorRefusedError extends Error {
  override readonly name = "AttestorRefusedError";
  readonly code: AttestorRefusal;
  readonly detail: string | undefined;

  constructor(code: AttestorRefusal, detail: string | undefined) {
    super(`the attestor refused: ${code}`);
    this.code = code;
    this.detail = detail;
  }
}

/** There is no link, or no answer came over it. */
export class AttestorGoneError extends Error {
  override readonly name = "AttestorGoneError";
  readonly reason: "unreachable" | "key" | "timeout";

  constructor(reason: "unreachable" | "key" | "timeout") {
    super(`the attestor is gone: ${reason}`);
    this.reason = reason;
  }
}

type Asked = Extract<AttestorUpMessage, { id: number }>;
type WithoutId<T> = T extends unknown ? Omit<T, "id"> : never;
type Answer = Exclude<AttestorDownMessage, { type: "refused" }>;

const openWithinMs = 5_000;
const answerWithinMs = 10_000;

/** The worker's link to one attestor: opened when it is needed, kept while it holds. */
export class AttestorLink {
  readonly address: AttestorAddress;
  readonly #options: AttestorLinkOptions;
  readonly #waiting = new Map<number, { resolve: (answer: Answer) => void; reject: (error: Error) => void }>();
  #lastId = 0;
  #isClosing = false;
  #opened: Promise<{ socket: WebSocket; key: PublicJwk }> | null = null;

  constructor(options: AttestorLinkOptions) {
    this.address = options.address;
    this.#options = options;
  }

  get reach(): ReachAttestor | undefined {
    return this.#options.reach;
  }

  /** The key that it signs with. Rejects with AttestorGoneError. */
  async open(): Promise<PublicJwk> {
    this.#opened ??= this.#connect().catch((error: unknown) => {
      this.#opened = null;
      throw error;
    });
    return (await this.#opened).key;
  }

  /** Rejects with AttestorRefusedError or AttestorGoneError. */
  async ask(message: WithoutId<Asked>): Promise<Answer> {
    await this.open();
    const id = (this.#lastId += 1);
    const answer = Promise.withResolvers<Answer>();
    this.#waiting.set(id, answer);
    const late = setTimeout(() => {
      answer.reject(new AttestorGoneError("timeout"));
      // Its end may be gone without a word: the next that asks links anew.
      void this.#opened?.then(({ socket }) => socket.terminate());
    }, answerWithinMs);
    this.tell({ ...message, id });
    try {
      return await answer.promise;
    } finally {
      clearTimeout(late);
      this.#waiting.delete(id);
    }
  }

  /** Lost where the link is: whatever it is about is lost with it. */
  tell(message: AttestorUpMessage): void {
    void this.#opened?.then(
      ({ socket }) => socket.readyState === WebSocket.OPEN && socket.send(JSON.stringify(message), () => {}),
      () => {},
    );
  }

  close(): void {
    this.#isClosing = true;
    void this.#opened?.then(
      ({ socket }) => socket.close(1000),
      () => {},
    );
  }

  async #connect(): Promise<{ socket: WebSocket; key: PublicJwk }> {
    const { address, token, ca, reach, log } = this.#options;
    const url = new URL(address.url);
    const wire = await reach?.(url).catch(() => {
      throw new AttestorGoneError("unreachable");
    });
    const trusted = ca === undefined ? {} : { ca: [...rootCertificates, ca] };
    const socket = new WebSocket(`${address.url.replace(/^http/, "ws")}${controlPath}`, {
      perMessageDeflate: false,
      handshakeTimeout: openWithinMs,
      maxPayload: maxAttestorMessageBytes,
      ...trusted,
      ...(wire && {
        createConnection: () =>
          connectTls({ socket: wire, servername: url.hostname, ALPNProtocols: ["http/1.1"], ...trusted }),
      }),
    });
    const opened = Promise.withResolvers<{ socket: WebSocket; key: PublicJwk }>();
    let isProven = false;
    const greeting = createAttestorGreeting(token);
    const giveUp = (problem: string, reason: AttestorGoneError["reason"] = "unreachable") => {
      log.error({ attestor: address.url, problem }, "the attestor cannot be used");
      opened.reject(new AttestorGoneError(reason));
      socket.close(attestorCloseCodes.unproven);
    };
    const greet = async (text: string) => {
      const step = await greeting(text);
      if (step.then === "close") return giveUp(step.problem);
      if (step.then === "send") return socket.send(JSON.stringify(step.message), () => {});
      const key = publicJwkSchema.safeParse(step.key);
      if (!key.success) return giveUp("its key is no ES256 key");
      const { kty, crv, x, y, kid } = key.data;
      // RFC 7638.
      const thumbprint = createHash("sha256").update(JSON.stringify({ crv, kty, x, y })).digest("base64url");
      if (kid !== thumbprint || (address.kid !== undefined && address.kid !== kid))
        return giveUp(`it signs with the key ${kid}, which is not the pinned one`, "key");
      isProven = true;
      clearTimeout(late);
      log.info({ attestor: address.url, kid }, "linked with the attestor");
      opened.resolve({ socket, key: key.data });
    };
    const late = setTimeout(() => socket.terminate(), openWithinMs);
    let greeted = Promise.resolve();
    socket.on("message", (data) => {
      const text = data.toString();
      if (!isProven) greeted = greeted.then(() => greet(text));
      else if (!this.#receive(text)) socket.close(attestorCloseCodes.badMessage);
    });
    socket.on("error", (error) => log.debug({ reason: error.message }, "attestor link error"));
    socket.on("close", (code) => {
      clearTimeout(late);
      if (isProven && !this.#isClosing) log.warn({ attestor: address.url, code }, "the link to the attestor is lost");
      this.#opened = null;
      opened.reject(new AttestorGoneError("unreachable"));
      for (const { reject } of this.#waiting.values()) reject(new AttestorGoneError("unreachable"));
    });
    return opened.promise;
  }

  #receive(text: string): boolean {
    let message: AttestorDownMessage;
    try {
      message = attestorDownMessageSchema.parse(JSON.parse(text));
    } catch {
      return false;
    }
    const waiting = this.#waiting.get(message.id);
    if (message.type === "refused") waiting?.reject(new AttestorRefusedError(message.code, message.detail));
    else waiting?.resolve(message);
    return true;
  }
}
