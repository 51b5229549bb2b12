import { assign, setup } from "xstate";
import { errorCodes, type ErrorCode, type TerminalStatus } from "@attestream/shared";
import type { Effect, WorkerReleaseReason } from "./effect.ts";
import type { SessionEvent } from "./session-event.ts";
import type { SessionContext } from "./session-snapshot.ts";

/** The words of the machine: its actions and guards. Effects are custom actions that are collected and never run here. */
const base = setup({
  types: {
    context: {} as SessionContext,
    events: {} as SessionEvent,
    input: {} as { consentGiven: boolean },
  },
  actions: {
    /** Collected by `transition`; see effect.ts. */
    effect: (_scope, _effect: Effect) => {},
    reach: assign({ progress: ({ context }, floor: number) => Math.max(context.progress, floor) }),
    become: assign((_scope, change: Partial<SessionContext>) => change),
    ended: assign(({ event }) => ({ reason: reasonOf(event) })),
    /** The workflow counts from 0 to 100; it is the part from 20 to 90 of the whole. */
    advance: assign({
      progress: ({ context, event }) =>
        event.type === "progress.advanced"
          ? Math.max(context.progress, Math.min(90, 20 + Math.floor(event.progress * 0.7)))
          : context.progress,
    }),
    challenge: assign({
      challenge: ({ context, event }) => (event.type === "challenge.raised" ? event.challenge : context.challenge),
    }),
  },
  guards: {
    isNew: ({ context }) => !context.opened,
    isUnconsented: ({ context }) => !context.consented,
    treeRequested: ({ context }) => context.treeRequested,
    resolvesChallenge: ({ context, event }) =>
      event.type === "challenge.resolved" && event.challengeId === context.challenge?.id,
    isPartial: ({ context }) => context.partial,
    endsCancelled: ({ event }) => endOf(event) === "CANCELLED",
    endsTerminated: ({ event }) => endOf(event) === "TERMINATED",
    endsPartial: ({ event }) => endOf(event) === "PARTIAL_COMPLETE",
  },
});

export const machineSetup = base.extend({
  actions: {
    /** The queue is for those whose end user waits. */
    await: base.enqueueActions(({ context, enqueue }) => {
      enqueue({
        type: "effect",
        params: context.opened ? { type: "deadline.set", kind: "queue" } : { type: "deadline.clear" },
      });
    }),
    /** How long the present state may last while the viewer is there. */
    attend: base.enqueueActions(({ context, enqueue }) => {
      enqueue({ type: "effect", params: { type: "deadline.set", kind: context.consented ? "run" : "consent" } });
    }),
    attendIfPresent: base.enqueueActions(({ context, enqueue }) => {
      if (context.viewer)
        enqueue({ type: "effect", params: { type: "deadline.set", kind: context.consented ? "run" : "consent" } });
    }),
    /** A viewer that was quicker than the browser is connected by an event of its own, so that READY can be seen. */
    confirmViewer: base.enqueueActions(({ context, enqueue }) => {
      if (context.viewer) enqueue({ type: "effect", params: { type: "viewer.confirm" } });
    }),
    /** Back to CREATED. Parked, it waits for the frame to be opened again; otherwise it asks for another browser. */
    release: base.enqueueActions(({ context, event, enqueue }) => {
      const parked = event.type === "session.released" && event.parked;
      enqueue({ type: "effect", params: { type: "worker.release", reason: "parked" } });
      enqueue({ type: "become", params: { assigned: false, viewer: false, opened: context.opened && !parked } });
      if (!parked) enqueue({ type: "effect", params: { type: "dispatch.request", urgent: context.opened } });
    }),
    extracted: base.enqueueActions(({ event, enqueue }) => {
      enqueue({ type: "effect", params: { type: "worker.release", reason: "finished" } });
      enqueue({
        type: "become",
        params: {
          assigned: false,
          viewer: false,
          challenge: null,
          partial: event.type === "data.extracted" && event.partial,
        },
      });
    }),
    /** Once: as soon as there is a viewer and consent. */
    startTree: base.enqueueActions(({ context, enqueue }) => {
      if (!context.consented || context.treeRequested) return;
      enqueue({ type: "become", params: { treeRequested: true } });
      enqueue({ type: "effect", params: { type: "tree.start" } });
    }),
  },
});

/** What every end has in common. */
export function settle(reason: WorkerReleaseReason) {
  return base.enqueueActions(({ context, enqueue }) => {
    enqueue({ type: "effect", params: { type: "deadline.clear" } });
    if (context.assigned) enqueue({ type: "effect", params: { type: "worker.release", reason } });
    enqueue({ type: "effect", params: { type: "webhook.send" } });
    enqueue({ type: "become", params: { assigned: false, viewer: false, challenge: null } });
  });
}

function endOf(event: SessionEvent): TerminalStatus | null {
  return event.type === "session.failed" || event.type === "attestation.failed" ? errorCodes[event.code].endsAs : null;
}

function reasonOf(event: SessionEvent): SessionContext["reason"] {
  switch (event.type) {
    case "session.failed":
      return { code: event.code, ...(event.message === undefined ? {} : { message: event.message }) };
    case "attestation.failed":
    case "session.cancelled":
    case "session.terminated":
      return { code: event.code };
    case "session.expired":
      return { code: "SESSION_EXPIRED" satisfies ErrorCode };
    default:
      return null;
  }
}
