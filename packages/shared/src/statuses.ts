import { z } from "zod";

/** The nine statuses a session can leave, in the order of a session that goes well. */
export const liveStatuses = [
  "CREATED",
  "INITIALIZING",
  "READY",
  "CONNECTED",
  "LOADING_TREE",
  "RUNNING",
  "AWAITING_USER",
  "COLLECTING_DATA",
  "VERIFYING",
] as const;

/** The five statuses that are final. */
export const terminalStatuses = ["COMPLETED", "PARTIAL_COMPLETE", "ERROR", "CANCELLED", "TERMINATED"] as const;

export const sessionStatuses = [...liveStatuses, ...terminalStatuses] as const;

export const sessionStatusSchema = z.enum(sessionStatuses);

export type LiveStatus = (typeof liveStatuses)[number];
export type TerminalStatus = (typeof terminalStatuses)[number];
export type SessionStatus = LiveStatus | TerminalStatus;

export function isTerminal(status: SessionStatus): status is TerminalStatus {
  return (terminalStatuses as readonly SessionStatus[]).includes(status);
}
