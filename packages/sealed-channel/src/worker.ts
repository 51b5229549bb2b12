export { SealError } from "./seal-error.ts";
export { createSessionSealKey, type SessionSealKey, type WorkerEnd } from "./worker-end.ts";
export { createWorkerIdentity, type WorkerIdentity } from "./worker-identity.ts";
