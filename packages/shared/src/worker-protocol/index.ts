export { downMessageSchema, type DownMessage, type ReleaseReason } from "./down.ts";
export {
  attestedEvidenceSchema,
  evidenceGapCodes,
  evidenceGaps,
  type AttestedEvidence,
  type EvidenceGap,
  type EvidenceGapCode,
} from "./evidence.ts";
export {
  apiHelloSchema,
  apiProofSchema,
  isTokenProof,
  maxHandshakeLength,
  newLinkNonce,
  proveToken,
  workerHelloSchema,
  type ApiHello,
  type ApiProof,
  type LinkNonces,
  type WorkerHello,
} from "./handshake.ts";
export { isIsolatedBelow, isolationLevels, isolationLevelSchema, type IsolationLevel } from "./isolation-level.ts";
export { workerCloseCodes, workerProtocolVersion } from "./protocol-version.ts";
export { type EgressReport } from "./egress-report.ts";
export {
  extractionResultSchema,
  sessionReportSchema,
  type ExtractionResult,
  type SessionReport,
} from "./session-report.ts";
export { upMessageSchema, type UpMessage } from "./up.ts";
export { checkViewerPass, mintViewerPass, viewerPassHeader, type ViewerPass } from "./viewer-pass.ts";
