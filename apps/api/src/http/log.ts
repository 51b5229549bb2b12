import { pino, type Logger } from "pino";

/** Fields first, then a message that never changes. Nothing that an end user types, sees or owns is passed to a logger. */
export type Log = Pick<Logger, "debug" | "info" | "warn" | "error" | "fatal" | "child">;

export function createLog(level: string): Logger {
  return pino({
    level,
    base: null,
    timestamp: () => `,"time":"${new Date().toISOString()}"`,
    formatters: { level: (label) => ({ level: label }) },
  });
}

export const silentLog: Log = pino({ level: "silent" });
