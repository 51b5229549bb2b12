import { liveStatuses, terminalStatuses, type ErrorCode, type SessionStatus } from "@attestream/shared";
import { sessionEventTypes, type SessionEvent, type SessionEventType } from "./session-event.ts";
import type { SessionContext } from "./session-snapshot.ts";
import { transition } from "./transition.ts";

const challenge = { id: "c", kind: "otp", expiresAt: "2026-01-01T00:00:00.000Z" } as const;

/** An example of every event; several where what it carries decides the target. */
export const sampleEvents: readonly SessionEvent[] = [
  { type: "session.dispatched" },
  { type: "session.released", parked: true },
  { type: "session.released", parked: false },
  { type: "session.opened" },
  { type: "consent.given" },
  { type: "browser.started" },
  { type: "viewer.connected" },
  { type: "viewer.disconnected" },
  { type: "viewer.replaced" },
  { type: "tree.loaded" },
  { type: "tree.started" },
  { type: "progress.advanced", progress: 50 },
  { type: "challenge.raised", challenge },
  { type: "challenge.resolved", challengeId: challenge.id },
  { type: "collection.started" },
  { type: "data.extracted", partial: false },
  { type: "data.extracted", partial: true },
  { type: "attestation.issued" },
  ...(["ATTESTATION_FAILED", "ATTESTATION_MISMATCH"] satisfies ErrorCode[]).map((code) => ({
    type: "attestation.failed" as const,
    code,
  })),
  { type: "session.cancelled", code: "USER_CANCELLED" },
  { type: "session.terminated", code: "TERMINATED_BY_PARTNER" },
  { type: "session.expired" },
  ...(["PLATFORM_CHANGED", "USER_CANCELLED", "USER_ABANDONED", "ATTESTATION_FAILED"] satisfies ErrorCode[]).map(
    (code) => ({ type: "session.failed" as const, code }),
  ),
];

const base: SessionContext = {
  progress: 0,
  opened: true,
  consented: true,
  assigned: true,
  viewer: true,
  treeRequested: true,
  partial: false,
  challenge,
  reason: null,
};
/** Contexts that between them open every guard. */
const contexts: readonly SessionContext[] = [base, { ...base, partial: true }];

export interface Move {
  from: SessionStatus;
  to: SessionStatus;
  event: SessionEventType;
}

/** Every move between two statuses, found by asking the machine. */
export function moves(): Move[] {
  const found = new Map<string, Move>();
  for (const from of [...liveStatuses, ...terminalStatuses]) {
    for (const context of contexts) {
      for (const event of sampleEvents) {
        const { outcome, status: to } = transition({ status: from, context }, event);
        if (outcome === "moved") found.set(`${from} ${to} ${event.type}`, { from, to, event: event.type });
      }
    }
  }
  return [...found.values()];
}

/** The lifecycle as a Mermaid state diagram. What every live status can do is drawn once, at the box around them. */
export function diagram(): string {
  const all = moves();
  const isShared = ({ to, event }: Move) =>
    liveStatuses.every((from) => all.some((move) => move.from === from && move.to === to && move.event === event));
  const shared = new Map(all.filter(isShared).map(({ to, event }) => [`${event} ${to}`, { to, event }]));
  const lines = ["stateDiagram-v2", "  [*] --> CREATED", "  state live {"];
  for (const { from, to, event } of all.filter((move) => !isShared(move) && isLive(move.to)))
    lines.push(`    ${from} --> ${to}: ${event}`);
  lines.push("  }");
  for (const { from, to, event } of all.filter((move) => !isShared(move) && !isLive(move.to)))
    lines.push(`  ${from} --> ${to}: ${event}`);
  for (const { to, event } of shared.values()) lines.push(`  live --> ${to}: ${event}`);
  for (const status of terminalStatuses) lines.push(`  ${status} --> [*]`);
  return `${lines.join("\n")}\n`;
}

/** Which events count in which status, moves in bold. */
export function eventTable(): string {
  const rows = sessionEventTypes.map((type) => {
    const cells = liveStatuses.map((status) => {
      const outcomes = sampleEvents
        .filter((event) => event.type === type)
        .flatMap((event) => contexts.map((context) => transition({ status, context }, event)));
      const targets = [...new Set(outcomes.filter(({ outcome }) => outcome === "moved").map((moved) => moved.status))];
      if (targets.length > 0) return `**${targets.join(" / ")}**`;
      return outcomes.some(({ outcome }) => outcome === "stayed") ? "stays" : "";
    });
    return `| \`${type}\` | ${cells.join(" | ")} |`;
  });
  return (
    [`| event | ${liveStatuses.join(" | ")} |`, `|---|${liveStatuses.map(() => "---|").join("")}`, ...rows].join("\n") +
    "\n"
  );
}

function isLive(status: SessionStatus): boolean {
  return (liveStatuses as readonly SessionStatus[]).includes(status);
}
