export { downMessageSchema, type DownMessage, type ReleaseReason } from "./down.ts";
export { workerCloseCodes, workerProtocolVersion } from "./protocol-version.ts";
export {
  extractionResultSchema,
  sessionReportSchema,
  type ExtractionResult,
  type SessionReport,
} from "./session-report.ts";
export { upMessageSchema, type UpMessage } from "./up.ts";
export { checkViewerPass, mintViewerPass, viewerPassHeader, type ViewerPass } from "./viewer-pass.ts";
