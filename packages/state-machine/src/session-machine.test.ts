import {
  errorCodeNames,
  errorCodes,
  isTerminal,
  liveStatuses,
  sessionStatuses,
  type SessionStatus,
} from "@attestream/shared";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { getShortestPaths } from "xstate/graph";
import { sampleEvents } from "./diagram.ts";
import type { Effect } from "./effect.ts";
import type { SessionEvent } from "./session-event.ts";
import { sessionMachine } from "./session-machine.ts";
import { restoreSnapshot, machineVersion, type SessionSnapshot } from "./session-snapshot.ts";
import { initialTransition, persist, transition } from "./transition.ts";

const order = new Map<SessionStatus, number>(sessionStatuses.map((status, index) => [status, index]));
const backward = new Set(["INITIALIZING CREATED", "READY CREATED", "AWAITING_USER RUNNING"]);

/** One snapshot for every reachable combination of status and the flags that matter, found by walking the machine's graph. */
function reachable(consentGiven: boolean): SessionSnapshot[] {
  const paths = getShortestPaths(sessionMachine, {
    input: { consentGiven },
    events: [...sampleEvents],
    // Progress is left out: it only grows, and would multiply the states.
    serializeState: (state) => {
      const { progress: _, ...flags } = state.context;
      return JSON.stringify([state.value, flags]);
    },
  });
  return paths.map((path) => persist(path.state));
}

const all = [...reachable(true), ...reachable(false)];

describe("the model", () => {
  it("reaches every status", () => {
    expect(new Set(all.map(({ status }) => status))).toEqual(new Set(sessionStatuses));
  });

  it("can cancel, terminate, expire and fail wherever a session lives", () => {
    const live = all.filter(({ status }) => !isTerminal(status));
    expect(new Set(live.map(({ status }) => status))).toEqual(new Set(liveStatuses));
    for (const snapshot of live) {
      expect(transition(snapshot, { type: "session.cancelled", code: "USER_CANCELLED" }).status).toBe("CANCELLED");
      expect(transition(snapshot, { type: "session.terminated", code: "TERMINATED_BY_OPERATOR" }).status).toBe(
        "TERMINATED",
      );
      expect(transition(snapshot, { type: "session.expired" }).status).toBe("TERMINATED");
      expect(transition(snapshot, { type: "session.failed", code: "BROWSER_CRASHED" }).status).toBe("ERROR");
    }
  });

  it("refuses everything once a session has ended", () => {
    for (const snapshot of all.filter(({ status }) => isTerminal(status))) {
      for (const event of sampleEvents)
        expect(transition(snapshot, event)).toEqual({
          outcome: "refused",
          status: snapshot.status,
          snapshot,
          effects: [],
        });
    }
  });

  it("tells the partner and clears the deadline exactly when it ends, and gives the worker back if there is one", () => {
    for (const before of all) {
      for (const event of sampleEvents) {
        const { outcome, status, effects } = transition(before, event);
        const ended = outcome === "moved" && isTerminal(status);
        expect(effects.filter(({ type }) => type === "webhook.send")).toHaveLength(ended ? 1 : 0);
        if (!ended) continue;
        expect(effects.findLast(({ type }) => type.startsWith("deadline"))).toEqual({ type: "deadline.clear" });
        expect(effects.some(({ type }) => type === "worker.release")).toBe(before.context.assigned);
      }
    }
  });

  it("goes back in the documented steps only, and never in progress", () => {
    for (const before of all) {
      for (const event of sampleEvents) {
        const after = transition(before, event);
        expect(after.snapshot.context.progress).toBeGreaterThanOrEqual(before.context.progress);
        if (after.outcome !== "moved" || order.get(after.status)! > order.get(before.status)!) continue;
        expect(backward).toContain(`${before.status} ${after.status}`);
      }
    }
  });

  it("survives being stored and restored anywhere", () => {
    for (const snapshot of all) {
      const restored = restoreSnapshot(JSON.parse(JSON.stringify(snapshot)), machineVersion);
      for (const event of sampleEvents) expect(transition(restored, event)).toEqual(transition(snapshot, event));
    }
  });

  it("ends every failure as the table of error codes says", () => {
    const running = all.find(({ status }) => status === "RUNNING")!;
    const verifying = all.find(({ status }) => status === "VERIFYING")!;
    for (const code of errorCodeNames) {
      const { endsAs } = errorCodes[code];
      const failed = transition(running, { type: "session.failed", code });
      expect(failed.status).toBe(endsAs === "PARTIAL_COMPLETE" ? "ERROR" : endsAs);
      expect(failed.snapshot.context.reason).toEqual({ code });
      const unproven = transition(verifying, { type: "attestation.failed", code });
      expect(unproven.status).toBe(endsAs === "PARTIAL_COMPLETE" ? "PARTIAL_COMPLETE" : "ERROR");
    }
  });
});

describe("any order of events", () => {
  const anyEvent = fc.constantFrom<SessionEvent>(...sampleEvents);

  it("starts the tree once, with viewer and consent, and keeps the rules", () => {
    fc.assert(
      fc.property(fc.boolean(), fc.array(anyEvent, { maxLength: 60 }), (consentGiven, events) => {
        let { snapshot } = initialTransition({ consentGiven });
        let consented = consentGiven;
        const effects: Effect[] = [];
        for (const event of events) {
          const before = snapshot;
          const step = transition(before, event);
          snapshot = step.snapshot;
          effects.push(...step.effects);
          consented ||= event.type === "consent.given" && step.outcome !== "refused";
          expect(snapshot.context.progress).toBeGreaterThanOrEqual(before.context.progress);
          if (step.effects.some(({ type }) => type === "tree.start")) {
            expect(step.status).toBe("CONNECTED");
            expect(consented).toBe(true);
          }
          if (["LOADING_TREE", "RUNNING", "COLLECTING_DATA"].includes(snapshot.status)) expect(consented).toBe(true);
          expect(snapshot.context.assigned).toBe(
            [
              "INITIALIZING",
              "READY",
              "CONNECTED",
              "LOADING_TREE",
              "RUNNING",
              "AWAITING_USER",
              "COLLECTING_DATA",
            ].includes(snapshot.status),
          );
          expect(snapshot.context.challenge !== null).toBe(snapshot.status === "AWAITING_USER");
        }
        expect(effects.filter(({ type }) => type === "tree.start").length).toBeLessThanOrEqual(1);
        expect(effects.filter(({ type }) => type === "webhook.send").length).toBe(isTerminal(snapshot.status) ? 1 : 0);
      }),
      { numRuns: 500 },
    );
  });

  it("waits in CONNECTED for consent and starts on it", () => {
    let { snapshot } = initialTransition({ consentGiven: false });
    const walk = (event: SessionEvent) => {
      const step = transition(snapshot, event);
      snapshot = step.snapshot;
      return step;
    };
    walk({ type: "session.opened" });
    walk({ type: "session.dispatched" });
    walk({ type: "browser.started" });
    expect(walk({ type: "viewer.connected" }).effects).not.toContainEqual({ type: "tree.start" });
    expect(walk({ type: "tree.loaded" }).outcome).toBe("refused");
    expect(walk({ type: "consent.given" }).effects).toContainEqual({ type: "tree.start" });
    expect(walk({ type: "consent.given" }).effects).toEqual([]);
    expect(walk({ type: "tree.loaded" }).status).toBe("LOADING_TREE");
  });
});

describe("a stored snapshot", () => {
  it("of a later machine, or a damaged one, is refused", () => {
    const { snapshot } = initialTransition({ consentGiven: true });
    expect(() => restoreSnapshot(snapshot, machineVersion + 1)).toThrow("newer program");
    expect(() => restoreSnapshot({ ...snapshot, status: "LOST" }, machineVersion)).toThrow();
    expect(() => restoreSnapshot(snapshot, 0)).toThrow("no migration");
  });

  it("of version 1 is still read", () => {
    const stored = {
      status: "AWAITING_USER",
      context: {
        progress: 40,
        opened: true,
        consented: true,
        assigned: true,
        viewer: true,
        treeRequested: true,
        partial: false,
        challenge: { id: "c", kind: "otp", expiresAt: "2026-01-01T00:00:00.000Z" },
        reason: null,
      },
    };
    expect(restoreSnapshot(stored, 1)).toEqual(stored);
  });
});
