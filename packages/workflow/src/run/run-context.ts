import { parseDuration } from "@attestream/shared";
import type { PlatformDefinition } from "../schema/index.ts";
import type { Clock } from "./clock.ts";
import type { RunEvents } from "./events.ts";
import type { PagePort } from "./page-port.ts";
import type { Progress } from "./progress.ts";

/** What the parts of the runner share. */
export interface RunContext {
  definition: PlatformDefinition;
  page: PagePort;
  clock: Clock;
  events: RunEvents;
  newId: () => string;
  progress: Progress;
  /** When the tree's total time runs out. */
  endsAt: Date;
  /** Ids of the screens in the order they came up. */
  visited: string[];
  /** Ids of the notes, each time that one was new. */
  noted: string[];
}

/** Waits that a tree does not set, milliseconds. */
export const waits = {
  /** A page that neither settles nor shows a known screen. */
  load: 45_000,
  /** A settled page without a known screen, before the user is asked. */
  grace: 2_000,
  /** An action that changes nothing. */
  stuck: 10_000,
  /** One action of ours. */
  action: 15_000,
  /** A part of the data, unless it has its own timeout. */
  part: 30_000,
} as const;

/** How often a screen may come up, unless it has its own max. A note ends the tree at its max-th time, others after it. */
export const defaultMax = { user: 20, do: 5, note: 5 } as const;

/** How often in a row the user is asked to help on unknown screens. */
export const maxHandOvers = 2;

export function limitsOf(definition: PlatformDefinition): { totalMs: number; idleMs: number } {
  return {
    totalMs: parseDuration(definition.limits?.total ?? "15m"),
    idleMs: parseDuration(definition.limits?.idle ?? "2m"),
  };
}
