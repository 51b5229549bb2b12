import {
  attestorCloseCodes,
  attestorProtocolVersion,
  attestorWorkerHelloSchema,
  isAttestorTokenProof,
  maxAttestorHandshakeLength,
  newLinkNonce,
  proveAttestorToken,
  type AttestorHello,
  type AttestorProof,
} from "@attestream/shared/attestor-protocol";
import type { PublicJwk } from "@attestream/attestation";

export interface Greeting {
  hello: AttestorHello;
  /** What the worker's hello is answered with, or the code to close with. */
  answer(text: string): Promise<{ proof: AttestorProof } | { close: number }>;
}

/** The attestor's part in the handshake of one link; see attestor-protocol/handshake.ts. The worker proves first. */
export function greetWorker(token: string, key: PublicJwk): Greeting {
  const nonce = newLinkNonce();
  return {
    hello: { type: "hello", protocol: attestorProtocolVersion, nonce },
    async answer(text) {
      const hello = attestorWorkerHelloSchema.safeParse(
        text.length > maxAttestorHandshakeLength ? null : parseJson(text),
      );
      if (!hello.success) return { close: attestorCloseCodes.badMessage };
      if (hello.data.protocol !== attestorProtocolVersion) return { close: attestorCloseCodes.protocolMismatch };
      const nonces = { attestor: nonce, worker: hello.data.nonce };
      if (!(await isAttestorTokenProof(token, "worker", nonces, hello.data.proof)))
        return { close: attestorCloseCodes.unauthorized };
      return { proof: { type: "proof", proof: await proveAttestorToken(token, "attestor", nonces), key } };
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
