import type { FrameSession } from "../session/frame-session.ts";
import type { FrameState } from "../session/frame-state.ts";
import type { FrameEvent } from "./embed-bridge.ts";

type Kind = "challenge" | "session";
const aheadMs = { challenge: 60_000, session: 300_000 } satisfies Record<Kind, number>;
const longestTimerMs = 3_600_000;

/** Tells the partner's page once when a deadline comes near. */
export function watchDeadlines(session: FrameSession, now: () => number, send: (event: FrameEvent) => void): void {
  watch("challenge", (state) => (state.phase === "open" ? (state.page.challenge?.expiresAt ?? null) : null));
  watch("session", (state) => (state.phase === "open" && state.view.reason === null ? state.view.expiresAt : null));

  function watch(kind: Kind, deadlineOf: (state: FrameState) => string | null): void {
    let watched: string | null = null;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const check = () => {
      if (watched === null) return;
      const ms = Date.parse(watched) - now() - aheadMs[kind];
      if (ms <= 0) send({ type: "expiring", payload: { kind, deadline: watched } });
      else timer = setTimeout(check, Math.min(ms, longestTimerMs));
    };
    session.subscribe((state) => {
      const deadline = deadlineOf(state);
      if (deadline === watched) return;
      watched = deadline;
      clearTimeout(timer);
      check();
    });
  }
}
