export { apiErrors, AppError, type ApiErrorCode, type ApiErrorEntry } from "./api-errors.ts";
export {
  autofillTokens,
  challengeKinds,
  challengeSchema,
  challengeSummarySchema,
  type AutofillToken,
  type Challenge,
  type ChallengeKind,
  type ChallengeSummary,
} from "./challenge.ts";
export {
  disclosureSchema,
  predicateOperators,
  predicateSchema,
  type Disclosure,
  type Predicate,
} from "./disclosure.ts";
export { dsseEnvelopeSchema, type DsseEnvelope } from "./dsse-envelope.ts";
export { durationSchema, parseDuration } from "./durations.ts";
export {
  errorCodeNames,
  errorCodes,
  errorCodeSchema,
  type Actor,
  type ErrorCategory,
  type ErrorCode,
  type ErrorCodeEntry,
} from "./error-codes.ts";
export { sessionIdSchema, workerIdSchema, type SessionId, type WorkerId } from "./ids.ts";
export { extractedDataSchema, jsonSchema, type ExtractedData, type Json } from "./json.ts";
export {
  isTerminal,
  liveStatuses,
  sessionStatuses,
  sessionStatusSchema,
  terminalStatuses,
  type LiveStatus,
  type SessionStatus,
  type TerminalStatus,
} from "./statuses.ts";
