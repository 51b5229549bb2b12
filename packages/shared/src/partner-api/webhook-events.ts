import type { SessionStatus } from "../statuses.ts";

/** The `event` of a webhook, by the status that it tells of. A new session is told by the answer that made it. */
export const webhookEvents = {
  CREATED: null,
  INITIALIZING: "session.initializing",
  READY: "session.ready",
  CONNECTED: "session.connected",
  LOADING_TREE: "session.loading_tree",
  RUNNING: "session.running",
  AWAITING_USER: "session.awaiting_user",
  COLLECTING_DATA: "session.collecting_data",
  VERIFYING: "session.verifying",
  COMPLETED: "session.completed",
  PARTIAL_COMPLETE: "session.partial_complete",
  ERROR: "session.error",
  CANCELLED: "session.cancelled",
  TERMINATED: "session.terminated",
} as const satisfies Record<SessionStatus, string | null>;

/** Those on the way to the end: sent only where a session asks for them. */
export const progressWebhookEvents = [
  webhookEvents.INITIALIZING,
  webhookEvents.READY,
  webhookEvents.CONNECTED,
  webhookEvents.LOADING_TREE,
  webhookEvents.RUNNING,
  webhookEvents.AWAITING_USER,
  webhookEvents.COLLECTING_DATA,
  webhookEvents.VERIFYING,
] as const;

export type ProgressWebhookEvent = (typeof progressWebhookEvents)[number];
