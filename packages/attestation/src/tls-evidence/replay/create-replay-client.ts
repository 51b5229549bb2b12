import { TlsEvidenceRefused } from "../tls-refusal.ts";
import type { ReplayClient, ReplayClientOptions } from "./replay-types.ts";

/** See ReplayClient. */
export function createReplayClient(_options: ReplayClientOptions): ReplayClient {
  throw new TlsEvidenceRefused("handshake_failed");
}
