import { isTerminal, type SessionStatus } from "@attestream/shared";
import type { FrameState, StreamLink } from "../session/frame-state.ts";
import type { FrameEvent } from "./embed-bridge.ts";

const afterLogin: readonly SessionStatus[] = ["COLLECTING_DATA", "VERIFYING", "COMPLETED", "PARTIAL_COMPLETE"];
const failures: readonly SessionStatus[] = ["ERROR", "PARTIAL_COMPLETE", "TERMINATED"];

/** What the partner's page is told when the frame goes from one state to the next. */
export function frameEvents(before: FrameState, after: FrameState): FrameEvent[] {
  if (after.phase !== "open") return [];
  const events: FrameEvent[] = [];
  const was = before.phase === "open" ? before : null;
  const status = after.view.status;
  const previous = was?.view.status ?? null;
  if (!was) events.push({ type: "opened", payload: {} });

  const connection = connectionOf(after.stream, after.feed);
  if (connection && connection !== (was ? connectionOf(was.stream, was.feed) : null))
    events.push({ type: "connection", payload: { state: connection } });

  const asked = after.page.challenge;
  const askedBefore = was?.page.challenge ?? null;
  if (askedBefore && askedBefore.id !== asked?.id) events.push({ type: "challenge.resolved", payload: {} });

  if (previous !== status || was?.view.progress !== after.view.progress) {
    events.push({ type: "status", payload: { previous, status, progress: after.view.progress } });
  }
  if (previous !== null && !afterLogin.includes(previous) && afterLogin.includes(status))
    events.push({ type: "login.succeeded", payload: {} });
  if (asked && asked.id !== askedBefore?.id)
    events.push({ type: "challenge", payload: { kind: asked.kind, expiresAt: asked.expiresAt } });

  if (previous !== status && isTerminal(status)) {
    const { reason } = after.view;
    if (reason && failures.includes(status)) {
      events.push({
        type: "error",
        payload: { code: reason.code, category: reason.category, retriable: reason.retriable, final: true },
      });
    }
    events.push({ type: "finished", payload: { status } });
  }
  return events;
}

function connectionOf(
  stream: StreamLink,
  feed: "up" | "down",
): "connecting" | "connected" | "reconnecting" | "lost" | null {
  switch (stream.link) {
    case "idle":
      return feed === "down" ? "reconnecting" : null;
    case "connecting":
      return "connecting";
    case "connected":
      return feed === "down" ? "reconnecting" : "connected";
    case "reconnecting":
      return stream.attempt > 5 ? "lost" : "reconnecting";
    case "replaced":
    case "broken":
      return "lost";
  }
}
