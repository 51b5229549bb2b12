import type { DeadlineKind, SessionEvent } from "@attestream/state-machine";

/** How long a session may stay where it is, by what it waits for, milliseconds. */
export type DeadlineDurations = Record<DeadlineKind, number>;

export function deadlineDurations(config: {
  queueTimeoutMs: number;
  readyHoldMs: number;
  viewerGraceMs: number;
}): DeadlineDurations {
  return {
    queue: config.queueTimeoutMs,
    launch: 60_000,
    "ready-hold": config.readyHoldMs,
    consent: 10 * 60_000,
    // The workflow has its own, tighter limits; this one catches a worker that lives and does nothing.
    run: 60 * 60_000,
    "viewer-grace": config.viewerGraceMs,
    verify: 60_000,
  };
}

/** What it means that a deadline has passed. */
export const deadlineEvents = {
  queue: { type: "session.failed", code: "NO_CAPACITY" },
  launch: { type: "session.failed", code: "BROWSER_LAUNCH_FAILED" },
  "ready-hold": { type: "session.released", parked: true },
  consent: { type: "session.terminated", code: "USER_ACTION_TIMEOUT" },
  run: { type: "session.terminated", code: "IDLE_TIMEOUT" },
  "viewer-grace": { type: "session.terminated", code: "USER_ABANDONED" },
  verify: { type: "attestation.failed", code: "ATTESTATION_TIMEOUT" },
} as const satisfies Record<DeadlineKind, SessionEvent>;
