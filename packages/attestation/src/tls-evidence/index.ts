export { HandshakeWatcher } from "./handshake-watcher.ts";
export type { HttpResponse } from "./http/http-response.ts";
export { findResponse, readResponses } from "./http/read-responses.ts";
export { parseKeyLogLine } from "./key-log.ts";
export { openConnection } from "./open-connection.ts";
export type { OpenedConnection, OpenOptions } from "./opened-connection.ts";
export type { TrafficKey } from "./record/key-schedule.ts";
export { hashSecrets, type RecordedConnection, type ServerSecrets } from "./recorded-connection.ts";
export { createReplayClient } from "./replay/create-replay-client.ts";
export { openReplay } from "./replay/open-replay.ts";
export type {
  OpenedReplay,
  ReplayClient,
  ReplayClientKeys,
  ReplayClientOptions,
  ReplayRequest,
} from "./replay/replay-types.ts";
export { TlsEvidenceRefused, tlsRefusals, type TlsRefusal } from "./tls-refusal.ts";
