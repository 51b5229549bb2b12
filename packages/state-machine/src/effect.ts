/**
 * What a live state waits for at most. The machine knows no clock: the API turns a kind into a time
 * (`sessions.state_deadline`) and sweeps it.
 */
export const deadlineKinds = [
  /** Opened, waits for a browser. */
  "queue",
  /** Dispatched, the worker starts a browser. */
  "launch",
  /** A browser is ready and nobody is connected. */
  "ready-hold",
  /** Connected, the end user has not agreed yet. */
  "consent",
  /** The workflow runs. */
  "run",
  /** The viewer has gone and may come back. */
  "viewer-grace",
  /** Data is being attested. */
  "verify",
] as const;

export type DeadlineKind = (typeof deadlineKinds)[number];

export type WorkerReleaseReason = "finished" | "failed" | "cancelled" | "terminated" | "parked";

/** What must be done because of a move. Data only; the API does it, at least once, idempotently. */
export type Effect =
  /** Find a browser for it. `urgent`: the end user waits; otherwise only one that is warm and spare. */
  | { type: "dispatch.request"; urgent: boolean }
  | { type: "tree.start" }
  | { type: "worker.release"; reason: WorkerReleaseReason }
  | { type: "attestation.issue" }
  | { type: "webhook.send" }
  /** The viewer was there before the browser: connect it now that the browser is ready. */
  | { type: "viewer.confirm" }
  | { type: "deadline.set"; kind: DeadlineKind }
  | { type: "deadline.clear" };

export type EffectType = Effect["type"];
