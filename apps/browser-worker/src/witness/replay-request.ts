import { randomBytes } from "node:crypto";
import type { Socket } from "node:net";
import {
  createReplayClient,
  hashSecrets,
  type ReplayClientKeys,
  type ReplayRequest,
  type ServerSecrets,
} from "@attestream/attestation/tls-evidence";
import { withinTime } from "../within-time.ts";

export interface Replayed {
  secrets: ServerSecrets;
  clientKeys: ReplayClientKeys;
  bodySha256: string;
}

const replayWithinMs = 20_000;

/** Says nothing of the user: these may be shown to the attestor. */
const publicHeaders = new Set([
  "accept",
  "accept-language",
  "cache-control",
  "dnt",
  "origin",
  "pragma",
  "priority",
  "user-agent",
  "x-requested-with",
]);
/** The client's own, or of a body that a GET has not. */
const droppedHeaders = new Set([
  "host",
  "connection",
  "proxy-connection",
  "keep-alive",
  "accept-encoding",
  "content-length",
  "transfer-encoding",
  "te",
  "upgrade",
  "if-none-match",
  "if-modified-since",
]);

/** The browser's request again. Whatever is not known to be public is secret. */
export function toReplayRequest(url: string, headers: Readonly<Record<string, string>>): ReplayRequest {
  const { pathname, search } = new URL(url);
  const kept = Object.entries(headers).filter(([name]) => !name.startsWith(":") && !droppedHeaders.has(name));
  const isPublic = (name: string) =>
    publicHeaders.has(name) || name.startsWith("sec-fetch-") || name.startsWith("sec-ch-");
  return {
    target: pathname + search,
    headers: kept.filter(([name]) => isPublic(name)),
    secretHeaders: kept.filter(([name]) => !isPublic(name)),
  };
}

/** Asks once more over this connection. The secrets are committed to before the request goes out. */
export async function replayRequest(
  request: ReplayRequest,
  options: {
    socket: Socket;
    serverName: string;
    /** Where it is not 443. */
    port: number;
    roots: readonly string[];
    now: Date;
    commit: (commitment: string) => void;
  },
): Promise<Replayed> {
  const { socket, commit, ...rest } = options;
  const client = createReplayClient({ ...rest, random: (length) => randomBytes(length) });
  const answered = Promise.withResolvers<Replayed>();
  const send = (bytes: Uint8Array) => bytes.length > 0 && socket.write(bytes);
  const step = (advance: () => void) => {
    try {
      advance();
      const { serverSecrets: secrets, clientKeys, response } = client;
      if (client.state === "ready" && secrets) {
        commit(Buffer.from(hashSecrets(secrets)).toString("hex"));
        send(client.request(request));
      }
      if (client.state === "answered" && secrets && clientKeys && response)
        answered.resolve({ secrets, clientKeys, bodySha256: response.bodySha256 });
    } catch (error) {
      answered.reject(error);
    }
  };
  socket.on("data", (bytes: Buffer) => step(() => send(client.receive(bytes))));
  socket.on("end", () => step(() => client.end()));
  socket.on("error", (error) => answered.reject(error));
  socket.on("close", () => answered.reject(new Error("the connection ended before the answer")));
  try {
    send(client.start());
    return await withinTime(replayWithinMs, answered.promise, () => new Error("no answer in time"));
  } finally {
    socket.destroy();
  }
}
