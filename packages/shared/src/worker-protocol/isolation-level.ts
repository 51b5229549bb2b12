import { z } from "zod";

/** How a session's browser is kept apart, least first; what each means stands in docs/threat-model.md. */
export const isolationLevels = ["L0", "L1", "L2", "L3"] as const;

export const isolationLevelSchema = z.enum(isolationLevels);

export type IsolationLevel = z.infer<typeof isolationLevelSchema>;

export function isIsolatedBelow(level: IsolationLevel, least: IsolationLevel): boolean {
  return isolationLevels.indexOf(level) < isolationLevels.indexOf(least);
}
