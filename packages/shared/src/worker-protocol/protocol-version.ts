/**
 * Version of the link between API and worker: one control WebSocket that the worker opens to
 * `<API_URL>/internal/worker`, JSON text messages; see handshake.ts for how it begins.
 *
 * A worker of another version is refused with close code `protocolMismatch`; API and workers are
 * released together. History:
 * 1 - register, heartbeat, assign, tree start, release, drain, session events with acknowledgement.
 * 2 - a worker names its identity key, and the sealing key of each session's stream.
 * 3 - both ends prove that they know WORKER_TOKEN and neither sends it; before, the worker sent it as a header.
 * 4 - a session's `disclosure` goes down; evidence of attestors comes up.
 */
export const workerProtocolVersion = 4;

/** Close codes of the control link. The worker's decision stands beside each. */
export const workerCloseCodes = {
  /** stop: exit with an error, an operator must mend it */
  unauthorized: 4401,
  protocolMismatch: 4426,
  badMessage: 4400,
  /** its isolation level is below the API's MIN_ISOLATION */
  isolationTooLow: 4412,
  /** back off and register again; the worker closes with it: this API cannot prove that it knows the token */
  apiUnproven: 4403,
  /** back off and register again */
  superseded: 4409,
  apiStopping: 4503,
} as const;
