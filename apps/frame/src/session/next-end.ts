import { isTerminal } from "@attestream/shared";
import { isBrowsing } from "./current-screen.ts";
import type { OpenState } from "./frame-state.ts";

/** `consent`: nobody agrees. `grace`: the line stays broken. The others as the worker and the API say. */
export type EndKind = "idle" | "challenge" | "total" | "session" | "consent" | "grace";

export interface End {
  kind: EndKind;
  /** Server's time, Unix milliseconds. */
  at: number;
}

/** What ends the session first if nothing happens. `lostAt`: since when the line is broken. */
export function nextEnd(state: OpenState, lostAt: number | null): End | null {
  const { view, page, stream } = state;
  if (isTerminal(view.status)) return null;
  const ends: End[] = [{ kind: "session", at: Date.parse(view.expiresAt) }];
  if (view.consentBy !== null && !view.handOver.elsewhere)
    ends.push({ kind: "consent", at: Date.parse(view.consentBy) });
  if (stream.link === "connected" && isBrowsing(view)) {
    if (page.deadline !== null) ends.push({ kind: page.deadline.kind, at: Date.parse(page.deadline.at) });
    else if (page.challenge !== null) ends.push({ kind: "challenge", at: Date.parse(page.challenge.expiresAt) });
  }
  if (lostAt !== null && isBrowsing(view)) ends.push({ kind: "grace", at: lostAt + view.viewerGraceMs });
  return ends.reduce((first, end) => (end.at < first.at ? end : first));
}

/** From when it is said, and from when it is said loudly; milliseconds before the end. */
const saidMs = {
  idle: { from: 60_000, near: 30_000 },
  challenge: { from: 90_000, near: 30_000 },
  total: { from: 120_000, near: 45_000 },
  session: { from: 300_000, near: 60_000 },
  consent: { from: 180_000, near: 45_000 },
  grace: { from: Number.POSITIVE_INFINITY, near: 30_000 },
} satisfies Record<EndKind, { from: number; near: number }>;

export type Loudness = "quiet" | "near";

/** Null while it is too far away to be of interest. */
export function loudnessOf(kind: EndKind, leftMs: number): Loudness | null {
  const { from, near } = saidMs[kind];
  return leftMs > from ? null : leftMs > near ? "quiet" : "near";
}

export function shownFromMs(kind: EndKind): number {
  return saidMs[kind].from;
}

/** At which a screen reader is told again, seconds before the end. */
const steps = [300, 120, 60, 30, 10] as const;

/** The step that `left` has reached; told only when it is another than before. */
export function stepOf(left: number): number | null {
  return steps.findLast((step) => left <= step) ?? null;
}
