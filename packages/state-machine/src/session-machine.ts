import { machineSetup, settle } from "./machine-setup.ts";

/** What every status from CONNECTED on does when the viewer goes and comes. */
const attendance = {
  "viewer.connected": { actions: [{ type: "become", params: { viewer: true } }, { type: "attend" }] },
  "viewer.disconnected": {
    actions: [
      { type: "become", params: { viewer: false } },
      { type: "effect", params: { type: "deadline.set", kind: "viewer-grace" } },
    ],
  },
} as const;

/**
 * The life of a session. All live statuses stand inside one compound state that owns the ways to end
 * early; the finals stand outside it, because a transition at the root would still fire from a
 * final state. Effects are custom actions that are collected and never run here.
 */
export const sessionMachine = machineSetup.createMachine({
  id: "session",
  context: ({ input }) => ({
    progress: 0,
    opened: false,
    consented: input.consentGiven,
    assigned: false,
    viewer: false,
    treeRequested: false,
    partial: false,
    challenge: null,
    reason: null,
  }),
  initial: "live",
  states: {
    live: {
      initial: "CREATED",
      // Entered once, at the start: a warm browser that nobody needs may be taken at once.
      entry: { type: "effect", params: { type: "dispatch.request", urgent: false } },
      on: {
        "session.cancelled": { target: "#session.CANCELLED", actions: "ended" },
        "session.terminated": { target: "#session.TERMINATED", actions: "ended" },
        "session.expired": { target: "#session.TERMINATED", actions: "ended" },
        // A failure with data in hand is attestation.failed; without data there is nothing partial to give.
        "session.failed": [
          { guard: "endsCancelled", target: "#session.CANCELLED", actions: "ended" },
          { guard: "endsTerminated", target: "#session.TERMINATED", actions: "ended" },
          { target: "#session.ERROR", actions: "ended" },
        ],
        "consent.given": { actions: { type: "become", params: { consented: true } } },
        "session.opened": { actions: { type: "become", params: { opened: true } } },
        "viewer.disconnected": { actions: { type: "become", params: { viewer: false } } },
        // Changes nothing: who holds the session is the viewers' table's. Here so that it is in the log.
        "viewer.replaced": { actions: { type: "become", params: {} } },
      },
      states: {
        CREATED: {
          entry: "await",
          on: {
            "session.dispatched": { target: "INITIALIZING", actions: { type: "become", params: { assigned: true } } },
            "session.opened": [
              {
                guard: "isNew",
                actions: [
                  { type: "become", params: { opened: true } },
                  { type: "effect", params: { type: "deadline.set", kind: "queue" } },
                  { type: "effect", params: { type: "dispatch.request", urgent: true } },
                ],
              },
              { actions: { type: "effect", params: { type: "dispatch.request", urgent: true } } },
            ],
          },
        },
        INITIALIZING: {
          entry: [
            { type: "reach", params: 5 },
            { type: "effect", params: { type: "deadline.set", kind: "launch" } },
          ],
          on: {
            "browser.started": "READY",
            "session.released": { target: "CREATED", actions: "release" },
            "viewer.connected": { actions: { type: "become", params: { viewer: true } } },
          },
        },
        READY: {
          entry: [
            { type: "reach", params: 10 },
            { type: "effect", params: { type: "deadline.set", kind: "ready-hold" } },
            "confirmViewer",
          ],
          on: {
            "session.released": { target: "CREATED", actions: "release" },
            "session.opened": {
              actions: [
                { type: "become", params: { opened: true } },
                { type: "effect", params: { type: "deadline.set", kind: "ready-hold" } },
              ],
            },
            "viewer.connected": {
              target: "CONNECTED",
              actions: { type: "become", params: { viewer: true, opened: true } },
            },
          },
        },
        CONNECTED: {
          entry: [{ type: "reach", params: 15 }, "attend", "startTree"],
          on: {
            ...attendance,
            "consent.given": {
              guard: "isUnconsented",
              actions: [{ type: "become", params: { consented: true } }, "startTree", "attendIfPresent"],
            },
            "tree.loaded": { guard: "treeRequested", target: "LOADING_TREE" },
          },
        },
        LOADING_TREE: {
          entry: { type: "reach", params: 20 },
          on: { ...attendance, "tree.started": "RUNNING" },
        },
        RUNNING: {
          entry: { type: "reach", params: 25 },
          on: {
            ...attendance,
            "progress.advanced": { actions: "advance" },
            "challenge.raised": { target: "AWAITING_USER", actions: "challenge" },
            "collection.started": "COLLECTING_DATA",
          },
        },
        AWAITING_USER: {
          on: {
            ...attendance,
            "progress.advanced": { actions: "advance" },
            // The next question in place of the last one: a code after a password on the same page.
            "challenge.raised": { actions: "challenge" },
            "challenge.resolved": {
              guard: "resolvesChallenge",
              target: "RUNNING",
              actions: { type: "become", params: { challenge: null } },
            },
          },
        },
        COLLECTING_DATA: {
          entry: { type: "reach", params: 70 },
          on: {
            ...attendance,
            "progress.advanced": { actions: "advance" },
            "data.extracted": { target: "VERIFYING", actions: "extracted" },
          },
        },
        /** The browser is gone already: what follows needs the data only. */
        VERIFYING: {
          entry: [
            { type: "reach", params: 92 },
            { type: "effect", params: { type: "deadline.set", kind: "verify" } },
            { type: "effect", params: { type: "attestation.issue" } },
          ],
          on: {
            "attestation.issued": [
              { guard: "isPartial", target: "#session.PARTIAL_COMPLETE" },
              { target: "#session.COMPLETED" },
            ],
            "attestation.failed": [
              { guard: "endsPartial", target: "#session.PARTIAL_COMPLETE", actions: "ended" },
              { target: "#session.ERROR", actions: "ended" },
            ],
          },
        },
      },
    },
    COMPLETED: { type: "final", entry: [{ type: "reach", params: 100 }, settle("finished")] },
    PARTIAL_COMPLETE: { type: "final", entry: [{ type: "reach", params: 100 }, settle("finished")] },
    ERROR: { type: "final", entry: settle("failed") },
    CANCELLED: { type: "final", entry: settle("cancelled") },
    TERMINATED: { type: "final", entry: settle("terminated") },
  },
});
