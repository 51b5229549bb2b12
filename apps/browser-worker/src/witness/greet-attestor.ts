import {
  attestorHelloSchema,
  attestorProofSchema,
  attestorProtocolVersion,
  isAttestorTokenProof,
  maxAttestorHandshakeLength,
  newLinkNonce,
  proveAttestorToken,
  type AttestorLinkNonces,
  type AttestorProof,
  type AttestorWorkerHello,
} from "@attestream/shared/attestor-protocol";
import { z } from "zod";

export type AttestorStep =
  | { then: "send"; message: AttestorWorkerHello }
  /** It has proven itself. */
  | { then: "use"; key: AttestorProof["key"] }
  | { then: "close"; problem: string };

const anyVersionSchema = z.object({ type: z.literal("hello"), protocol: z.int() });

/** The worker's part in the handshake of one link to an attestor; see attestor-protocol/handshake.ts. Called once per message, until it says use or close. */
export function createAttestorGreeting(token: string): (text: string) => Promise<AttestorStep> {
  const own = newLinkNonce();
  let nonces: AttestorLinkNonces | null = null;
  const close = (problem: string): AttestorStep => ({ then: "close", problem });

  return async (text) => {
    const message = text.length > maxAttestorHandshakeLength ? null : parseJson(text);
    if (nonces === null) {
      const version = anyVersionSchema.safeParse(message);
      if (version.success && version.data.protocol !== attestorProtocolVersion)
        return close("the attestor speaks another version of the protocol; run a release that fits this worker's");
      const hello = attestorHelloSchema.safeParse(message);
      if (!hello.success) return close("what answers there does not begin as an attestor does");
      nonces = { attestor: hello.data.nonce, worker: own };
      const proof = await proveAttestorToken(token, "worker", nonces);
      return { then: "send", message: { type: "hello", protocol: attestorProtocolVersion, nonce: own, proof } };
    }
    const answer = attestorProofSchema.safeParse(message);
    if (answer.success && (await isAttestorTokenProof(token, "attestor", nonces, answer.data.proof)))
      return { then: "use", key: answer.data.key };
    return close("what answers there does not prove that it knows ATTESTOR_TOKEN");
  };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
