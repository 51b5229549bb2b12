import type { RunDeadline } from "@attestream/shared/viewer-protocol";
import type { FrameSession } from "../session/frame-session.ts";
import type { FrameState } from "../session/frame-state.ts";
import type { FrameEvent } from "./embed-bridge.ts";

type Kind = "challenge" | "session";
const aheadMs = { challenge: 60_000, session: 300_000 } satisfies Record<Kind, number>;
const longestTimerMs = 3_600_000;

/** Tells the partner's page once when a deadline comes near. */
export function watchDeadlines(session: FrameSession, now: () => number, send: (event: FrameEvent) => void): void {
  watch("challenge", (state) => deadlineOf(state, ["idle", "challenge"]) ?? expiryOf(state));
  watch("session", (state) => {
    const total = deadlineOf(state, ["total"]);
    const expiry = state.phase === "open" && state.view.reason === null ? state.view.expiresAt : null;
    return total !== null && expiry !== null && total < expiry ? total : expiry;
  });

  function watch(kind: Kind, read: (state: FrameState) => string | null): void {
    let watched: string | null = null;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const check = () => {
      if (watched === null) return;
      const ms = Date.parse(watched) - now() - aheadMs[kind];
      if (ms <= 0) send({ type: "expiring", payload: { kind, deadline: watched } });
      else timer = setTimeout(check, Math.min(ms, longestTimerMs));
    };
    session.subscribe((state) => {
      const deadline = read(state);
      if (deadline === watched) return;
      watched = deadline;
      clearTimeout(timer);
      check();
    });
  }
}

/** What the worker says, as far as it is of these kinds. */
function deadlineOf(state: FrameState, kinds: readonly RunDeadline["kind"][]): string | null {
  const deadline = state.phase === "open" ? state.page.deadline : null;
  return deadline !== null && kinds.includes(deadline.kind) ? deadline.at : null;
}

/** Before the worker has said more. */
function expiryOf(state: FrameState): string | null {
  return state.phase === "open" && state.page.deadline === null ? (state.page.challenge?.expiresAt ?? null) : null;
}
