import type { ChallengeSummary, ErrorCode } from "@attestream/shared";

/** Everything that can happen to a session. Named `noun.past-participle`: it has happened, the machine decides what it means. */
export type SessionEvent =
  /** A worker's slot was claimed for it. */
  | { type: "session.dispatched" }
  /** Its slot was taken back, or its worker was lost, before the end user connected. Parked: it waits for the frame to be opened again. */
  | { type: "session.released"; parked: boolean }
  /** The end user opened the frame: the embed token was redeemed, or a tab came back to a session without a browser. */
  | { type: "session.opened" }
  | { type: "consent.given" }
  | { type: "browser.started" }
  | { type: "viewer.connected" }
  | { type: "viewer.disconnected" }
  /** The end user goes on on another device. */
  | { type: "viewer.replaced" }
  | { type: "tree.loaded" }
  | { type: "tree.started" }
  | { type: "progress.advanced"; progress: number }
  | { type: "challenge.raised"; challenge: ChallengeSummary }
  | { type: "challenge.resolved"; challengeId: string }
  | { type: "collection.started" }
  /** `partial`: optional parts of the tree failed. */
  | { type: "data.extracted"; partial: boolean }
  | { type: "attestation.issued" }
  | { type: "attestation.failed"; code: ErrorCode }
  | { type: "session.cancelled"; code: ErrorCode }
  | { type: "session.terminated"; code: ErrorCode }
  | { type: "session.expired" }
  | { type: "session.failed"; code: ErrorCode; message?: string };

export type SessionEventType = SessionEvent["type"];

export const sessionEventTypes = [
  "session.dispatched",
  "session.released",
  "session.opened",
  "consent.given",
  "browser.started",
  "viewer.connected",
  "viewer.disconnected",
  "viewer.replaced",
  "tree.loaded",
  "tree.started",
  "progress.advanced",
  "challenge.raised",
  "challenge.resolved",
  "collection.started",
  "data.extracted",
  "attestation.issued",
  "attestation.failed",
  "session.cancelled",
  "session.terminated",
  "session.expired",
  "session.failed",
] as const satisfies readonly SessionEventType[];
