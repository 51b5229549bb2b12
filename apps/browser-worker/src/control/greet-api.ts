import {
  apiHelloSchema,
  apiProofSchema,
  isTokenProof,
  maxHandshakeLength,
  newLinkNonce,
  proveToken,
  workerCloseCodes,
  workerProtocolVersion,
  type LinkNonces,
  type WorkerHello,
} from "@attestream/shared/worker-protocol";
import { z } from "zod";

export type Step =
  | { then: "send"; message: WorkerHello }
  /** The API has proven itself: what it says from now on is believed. */
  | { then: "register" }
  | { then: "close"; code: number; problem: string };

const anyVersionSchema = z.object({ type: z.literal("hello"), protocol: z.int() });

/** The worker's part in the handshake of one link; see worker-protocol/handshake.ts. Called once per message, until it says register or close. */
export function createGreeting(workerToken: string): (text: string) => Promise<Step> {
  const own = newLinkNonce();
  let nonces: LinkNonces | null = null;
  const close = (code: number, problem: string): Step => ({ then: "close", code, problem });

  return async (text) => {
    const message = text.length > maxHandshakeLength ? null : parseJson(text);
    if (nonces === null) {
      const version = anyVersionSchema.safeParse(message);
      if (version.success && version.data.protocol !== workerProtocolVersion)
        return close(workerCloseCodes.protocolMismatch, "the API speaks another version of the worker protocol");
      const hello = apiHelloSchema.safeParse(message);
      if (!hello.success)
        return close(workerCloseCodes.apiUnproven, "what answers at API_URL does not begin as the API does");
      nonces = { api: hello.data.nonce, worker: own };
      const proof = await proveToken(workerToken, "worker", nonces);
      return { then: "send", message: { type: "hello", protocol: workerProtocolVersion, nonce: own, proof } };
    }
    const answer = apiProofSchema.safeParse(message);
    if (answer.success && (await isTokenProof(workerToken, "api", nonces, answer.data.proof)))
      return { then: "register" };
    return close(
      workerCloseCodes.apiUnproven,
      "what answers at API_URL does not prove that it knows WORKER_TOKEN: it is not the API",
    );
  };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
