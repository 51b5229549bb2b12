import type { Effect } from "@attestream/state-machine";
import type { Log } from "../http/log.ts";
import type { SessionRow } from "../storage/schema.ts";

/** A committed change: the session before and after it. */
export interface SessionChange {
  before: SessionRow;
  after: SessionRow;
}

/** Effects that are columns or rows of the transaction itself; the others wait for the commit. */
type InTransaction = "deadline.set" | "deadline.clear" | "webhook.send";
export type AfterCommitEffect = Exclude<Effect, { type: InTransaction }>;

/** One handler each. They run at least once and must be idempotent: boot and re-registration of workers repeat them. */
export type EffectHandlers = {
  [Type in AfterCommitEffect["type"]]: (
    effect: Extract<AfterCommitEffect, { type: Type }>,
    change: SessionChange,
  ) => void | Promise<void>;
};

export interface EffectRunner {
  /** Starts them, in order, without waiting. A handler that throws is logged; the sweep mends what it left. */
  run(effects: readonly AfterCommitEffect[], change: SessionChange): void;
  /** Resolves when nothing started is under way: for an orderly stop. */
  settled(): Promise<void>;
}

export function isAfterCommit(effect: Effect): effect is AfterCommitEffect {
  return effect.type !== "deadline.set" && effect.type !== "deadline.clear" && effect.type !== "webhook.send";
}

export function createEffectRunner(handlers: EffectHandlers, log: Log): EffectRunner {
  const running = new Set<Promise<void>>();

  async function runOne(effect: AfterCommitEffect, change: SessionChange): Promise<void> {
    try {
      const handler = handlers[effect.type] as (
        effect: AfterCommitEffect,
        change: SessionChange,
      ) => void | Promise<void>;
      await handler(effect, change);
    } catch (error) {
      log.error(
        { sessionId: change.after.id, effect: effect.type, err: error instanceof Error ? error.stack : String(error) },
        "effect failed",
      );
    }
  }

  return {
    run(effects, change) {
      for (const effect of effects) {
        const done = runOne(effect, change).finally(() => running.delete(done));
        running.add(done);
      }
    },
    async settled() {
      while (running.size > 0) await Promise.all(running);
    },
  };
}
