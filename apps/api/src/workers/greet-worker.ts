import {
  isTokenProof,
  maxHandshakeLength,
  newLinkNonce,
  proveToken,
  workerCloseCodes,
  workerHelloSchema,
  workerProtocolVersion,
  type ApiHello,
  type ApiProof,
} from "@attestream/shared/worker-protocol";
import { z } from "zod";

export type Greeting =
  | { taken: true; answer: ApiProof }
  | { taken: false; code: number; reason: string; warning: string | null };

/** A version of the protocol, whatever the rest looks like. Until version 2 a link began with `register`. */
const anyVersionSchema = z.object({ type: z.enum(["hello", "register"]), protocol: z.int() });

/** The API's part in the handshake of one link; see worker-protocol/handshake.ts. */
export function createGreeting(workerToken: string): {
  hello: ApiHello;
  /** What the worker's first message is worth. */
  answer(text: string): Promise<Greeting>;
} {
  const nonce = newLinkNonce();
  const refused = (code: number, reason: string, warning: string | null = null): Greeting => ({
    taken: false,
    code,
    reason,
    warning,
  });

  return {
    hello: { type: "hello", protocol: workerProtocolVersion, nonce },
    async answer(text) {
      const message = text.length > maxHandshakeLength * 10 ? null : parseJson(text);
      const version = anyVersionSchema.safeParse(message);
      if (version.success && version.data.protocol !== workerProtocolVersion) {
        return refused(
          workerCloseCodes.protocolMismatch,
          `protocol ${workerProtocolVersion} is spoken here`,
          "worker refused: it speaks another version of the protocol; run worker and API of the same release",
        );
      }
      const hello = workerHelloSchema.safeParse(message);
      if (!hello.success) return refused(workerCloseCodes.badMessage, "prove that you know WORKER_TOKEN first");
      const nonces = { api: nonce, worker: hello.data.nonce };
      if (!(await isTokenProof(workerToken, "worker", nonces, hello.data.proof))) {
        return refused(
          workerCloseCodes.unauthorized,
          "WORKER_TOKEN is not the API's",
          "worker refused: it does not prove that it knows our WORKER_TOKEN",
        );
      }
      return { taken: true, answer: { type: "proof", proof: await proveToken(workerToken, "api", nonces) } };
    },
  };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
