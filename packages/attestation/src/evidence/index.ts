export { dsseEnvelopeSchema, type DsseEnvelope } from "@attestream/shared";
export { bindSession, hashDisclosure, hashExtractor } from "./bind-session.ts";
export { hashEnvelope, preAuthenticationEncoding } from "./dsse.ts";
export { EvidenceRefused, evidenceRefusals, type EvidenceRefusal } from "./evidence-refused.ts";
export { makeDisclosure } from "./make-disclosure.ts";
export { openEnvelope, parseEnvelope, readUnverified, type OpenedEnvelope } from "./open-envelope.ts";
export { signStatement } from "./sign-statement.ts";
export { evidencePredicateType, evidenceStatementSchema, type EvidenceStatement } from "./statement.ts";
