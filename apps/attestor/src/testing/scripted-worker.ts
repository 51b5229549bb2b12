import { once } from "node:events";
import { request as requestHttp } from "node:http";
import type { Socket } from "node:net";
import { connect as connectTls } from "node:tls";
import { hashSecrets, parseKeyLogLine, type ServerSecrets } from "@attestream/attestation/tls-evidence";
import {
  attestorDownMessageSchema,
  attestorHelloSchema,
  attestorProtocolVersion,
  controlPath,
  newLinkNonce,
  proveAttestorToken,
  ticketScheme,
  type AttestorDownMessage,
  type AttestorUpMessage,
} from "@attestream/shared/attestor-protocol";
import { WebSocket } from "ws";

type WithoutId<T> = T extends { id: number } ? Omit<T, "id"> : never;

/** A worker that does what a test says, also what no worker would. */
export class ScriptedWorker {
  readonly #socket: WebSocket;
  readonly #url: string;
  readonly #answers = new Map<number, (answer: AttestorDownMessage) => void>();
  #lastId = 0;

  private constructor(url: string, socket: WebSocket) {
    this.#url = url;
    this.#socket = socket;
    socket.on("message", (data: Buffer) => {
      const answer = attestorDownMessageSchema.parse(JSON.parse(data.toString()));
      this.#answers.get(answer.id)?.(answer);
    });
  }

  /** Rejects with the close code where it is not taken. */
  static async open(url: string, token: string): Promise<ScriptedWorker> {
    const socket = new WebSocket(`${url.replace(/^http/, "ws")}${controlPath}`);
    const [first] = (await once(socket, "message")) as [Buffer];
    const nonces = { attestor: attestorHelloSchema.parse(JSON.parse(first.toString())).nonce, worker: newLinkNonce() };
    const proof = await proveAttestorToken(token, "worker", nonces);
    socket.send(JSON.stringify({ type: "hello", protocol: attestorProtocolVersion, nonce: nonces.worker, proof }));
    const end = await Promise.race([once(socket, "message").then(() => null), once(socket, "close")]);
    if (end) throw new Error(`closed with ${String(end[0])}`);
    return new ScriptedWorker(url, socket);
  }

  tell(message: AttestorUpMessage): void {
    this.#socket.send(JSON.stringify(message));
  }

  ask(message: WithoutId<AttestorUpMessage>): Promise<AttestorDownMessage> {
    const id = (this.#lastId += 1);
    this.tell({ ...message, id });
    return new Promise((resolve) => this.#answers.set(id, resolve));
  }

  /** Of what is refused. */
  async refusal(message: WithoutId<AttestorUpMessage>): Promise<string> {
    const answer = await this.ask(message);
    return answer.type === "refused" ? [answer.code, answer.detail].filter(Boolean).join(" ") : answer.type;
  }

  async ticket(target: { session: string; host: string; address?: string; port: number }) {
    const answer = await this.ask({ type: "ticket.asked", address: "127.0.0.1", ...target });
    if (answer.type !== "ticket.given") throw new Error(JSON.stringify(answer));
    return answer;
  }

  connect(ticket: string | undefined, target: string): Promise<{ status: number; socket: Socket }> {
    return connectThrough(this.#url, ticket, target);
  }

  async close(): Promise<void> {
    this.#socket.close();
    await once(this.#socket, "close");
  }
}

/** A CONNECT request, with a ticket or without. */
export async function connectThrough(
  url: string,
  ticket: string | undefined,
  target: string,
): Promise<{ status: number; socket: Socket }> {
  const { hostname, port } = new URL(url);
  const headers = ticket === undefined ? {} : { "proxy-authorization": `${ticketScheme} ${ticket}` };
  const asked = requestHttp({ method: "CONNECT", host: hostname, port, path: target, headers }).end();
  const [answer, socket] = (await once(asked, "connect")) as [{ statusCode: number }, Socket];
  return { status: answer.statusCode, socket };
}

export interface BrowserConnection {
  /** When the browser has them, and before it has sent anything encrypted. */
  secrets: Promise<ServerSecrets>;
  /** The whole answer. */
  answer: Promise<string>;
}

/** TLS and one request over a tunnel, as a browser would, secrets and all. */
export function browse(socket: Socket, options: { host: string; ca: string; request: string }): BrowserConnection {
  const found: Partial<ServerSecrets> = {};
  const secrets = Promise.withResolvers<ServerSecrets>();
  const answer = Promise.withResolvers<string>();
  const tls = connectTls({ socket, servername: options.host, ca: options.ca, minVersion: "TLSv1.3" });
  tls.on("keylog", (line: Buffer) => {
    const parsed = parseKeyLogLine(line.toString("latin1"));
    if (parsed?.label === "SERVER_HANDSHAKE_TRAFFIC_SECRET") found.handshake = parsed.secret;
    if (parsed?.label === "SERVER_TRAFFIC_SECRET_0") found.application = parsed.secret;
    const { handshake, application } = found;
    if (handshake && application) secrets.resolve({ handshake, application });
  });
  tls.once("secureConnect", () => tls.write(options.request));
  let text = "";
  tls.on("data", (bytes: Buffer) => {
    text += bytes.toString("latin1");
  });
  tls.once("end", () => answer.resolve(text));
  tls.once("error", (error) => answer.reject(error));
  answer.promise.catch(() => {});
  return { secrets: secrets.promise, answer: answer.promise };
}

export function commitmentTo(secrets: ServerSecrets): string {
  return Buffer.from(hashSecrets(secrets)).toString("hex");
}

export function toTexts({ handshake, application }: ServerSecrets): { handshake: string; application: string } {
  return {
    handshake: Buffer.from(handshake).toString("base64url"),
    application: Buffer.from(application).toString("base64url"),
  };
}
