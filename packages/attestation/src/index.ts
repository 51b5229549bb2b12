export { NotAttestableError } from "./issue/assert-attestable.ts";
export { EvidenceMismatchError } from "./issue/bind-evidence.ts";
export {
  createIssuer,
  defaultValidForMs,
  type AttestationInput,
  type IssuedAttestation,
  type Issuer,
  type IssuerOptions,
} from "./issue/create-issuer.ts";
export { signErasureReceipt, type ErasureStatement } from "./issue/sign-erasure-receipt.ts";
export {
  createSigningKey,
  publicJwkSchema,
  signingKeySchema,
  type PublicJwk,
  type SigningKey,
} from "./issue/signing-key.ts";
export {
  attestationMediaType,
  attestationType,
  hashExternalReference,
  hashProof,
  hashSubject,
  refusals,
  verifyAttestation,
  verifyErasureReceipt,
  type AttestationClaims,
  type AttestationMode,
  type ErasureReceiptOptions,
  type ErasureReceiptResult,
  type Expectations,
  type NotProven,
  type Proven,
  type Refusal,
  type VerifyOptions,
  type VerifyResult,
  type Witness,
} from "./verify/index.ts";
