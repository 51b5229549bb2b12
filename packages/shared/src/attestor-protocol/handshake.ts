import { z } from "zod";
import { createLinkProof, linkBytesSchema } from "../link-proof.ts";

/**
 * How a control link begins, before anything else is believed on it. Both ends prove that they know
 * ATTESTOR_TOKEN over two fresh nonces, and neither sends it:
 *
 *   attestor -> worker   hello  (protocol, nonce)
 *   worker -> attestor   hello  (protocol, nonce, proof)
 *   attestor -> worker   proof  (proof, key)
 *
 * What follows is not signed message by message, and holds the keys of the responses: past loopback the
 * address must be https.
 */
type LinkEnd = "attestor" | "worker";

export interface AttestorLinkNonces {
  attestor: string;
  worker: string;
}

export const attestorHelloSchema = z.strictObject({
  type: z.literal("hello"),
  protocol: z.int(),
  nonce: linkBytesSchema,
});
export const attestorWorkerHelloSchema = attestorHelloSchema.extend({ proof: linkBytesSchema });
export const attestorProofSchema = z.strictObject({
  type: z.literal("proof"),
  proof: linkBytesSchema,
  /** Public key (JWK, ES256) that this attestor signs with. Believed where it is pinned, or where the token is. */
  key: z.record(z.string().max(20), z.string().max(200)),
});

export type AttestorHello = z.infer<typeof attestorHelloSchema>;
export type AttestorWorkerHello = z.infer<typeof attestorWorkerHelloSchema>;
export type AttestorProof = z.infer<typeof attestorProofSchema>;

/** Longer than any message of the handshake. */
export const maxAttestorHandshakeLength = 2_000;

const linkProof = createLinkProof<LinkEnd>("attestream attestor link v1");

export function proveAttestorToken(token: string, end: LinkEnd, nonces: AttestorLinkNonces): Promise<string> {
  return linkProof.prove(token, end, [nonces.attestor, nonces.worker]);
}

/** `end` is the one that proves. */
export function isAttestorTokenProof(
  token: string,
  end: LinkEnd,
  nonces: AttestorLinkNonces,
  proof: string,
): Promise<boolean> {
  return linkProof.isProof(token, end, [nonces.attestor, nonces.worker], proof);
}
