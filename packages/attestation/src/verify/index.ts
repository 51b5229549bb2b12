export { hashExternalReference, hashSubject } from "../bound-hash.ts";
export { hashProof } from "../digest.ts";
export { attestationMediaType, attestationType, type AttestationClaims, type AttestationMode } from "../vocabulary.ts";
export type { Expectations } from "./check-expectations.ts";
export { parseProof, UnreadableProof, type Proof } from "./parse-proof.ts";
export { verifyAttestation, type VerifyOptions } from "./verify-attestation.ts";
export {
  verifyErasureReceipt,
  type ErasureReceiptOptions,
  type ErasureReceiptResult,
} from "./verify-erasure-receipt.ts";
export {
  refusals,
  type NotProven,
  type Proven,
  type Refusal,
  type VerifyResult,
  type Witness,
} from "./verify-result.ts";
