import { z } from "zod";
import { createLinkProof, linkBytesSchema as bytesSchema } from "../link-proof.ts";

export { newLinkNonce } from "../link-proof.ts";

/**
 * How a control link begins, before anything else is believed on it. Both ends prove that they know
 * WORKER_TOKEN over two fresh nonces, and neither sends it:
 *
 *   API -> worker   hello  (protocol, nonce)
 *   worker -> API   hello  (protocol, nonce, proof)
 *   API -> worker   proof
 *   worker -> API   register, and so on
 *
 * The worker proves first: anybody can connect to the API and would else be given proofs to guess a
 * weak token by. What follows is not signed message by message: over a network that others share,
 * API_URL must be https.
 */
export type LinkEnd = "api" | "worker";

export interface LinkNonces {
  api: string;
  worker: string;
}

export const apiHelloSchema = z.strictObject({
  type: z.literal("hello"),
  protocol: z.int(),
  nonce: bytesSchema,
});
export const workerHelloSchema = z.strictObject({
  type: z.literal("hello"),
  protocol: z.int(),
  nonce: bytesSchema,
  proof: bytesSchema,
});
export const apiProofSchema = z.strictObject({ type: z.literal("proof"), proof: bytesSchema });

export type ApiHello = z.infer<typeof apiHelloSchema>;
export type WorkerHello = z.infer<typeof workerHelloSchema>;
export type ApiProof = z.infer<typeof apiProofSchema>;

/** Longer than any message of the handshake; what is longer need not be parsed. */
export const maxHandshakeLength = 500;

// A purpose of its own: a viewer pass is never a proof.
const linkProof = createLinkProof<LinkEnd>("attestream worker link v1");

/** What this end shows to the other. */
export function proveToken(workerToken: string, end: LinkEnd, nonces: LinkNonces): Promise<string> {
  return linkProof.prove(workerToken, end, [nonces.api, nonces.worker]);
}

/** `end` is the one that proves. */
export function isTokenProof(workerToken: string, end: LinkEnd, nonces: LinkNonces, proof: string): Promise<boolean> {
  return linkProof.isProof(workerToken, end, [nonces.api, nonces.worker], proof);
}
