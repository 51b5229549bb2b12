export { createBbsKey } from "./bbs-key.ts";
export { derivePresentation, type DeriveRequest } from "./derive-presentation.ts";
export { issueCredential, type CredentialInput, type CredentialIssuerOptions } from "./issue-credential.ts";
export { parsePredicate } from "./parse-predicate.ts";
export { zeroKnowledgeRefusals, ZeroKnowledgeRefused, type ZeroKnowledgeRefusal } from "./refusals.ts";
export {
  verifyPresentation,
  type PresentationExpectations,
  type PresentationResult,
  type VerifyPresentationOptions,
} from "./verify-presentation.ts";
export { rangeInWords } from "./weigh-presentation.ts";
export {
  bbsIssuerKeySchema,
  bbsPublicKeySchema,
  credentialSchema,
  credentialType,
  predicateProofType,
  presentationSchema,
  type BbsIssuerKey,
  type BbsPublicKey,
  type Credential,
  type CredentialHeader,
  type Field,
  type Predicate,
  type Presentation,
  type Range,
} from "./vocabulary.ts";
