import { initialTransition as firstOf, transition as next, type SnapshotFrom } from "xstate";
import { sessionStatusSchema, type SessionStatus } from "@attestream/shared";
import type { Effect } from "./effect.ts";
import type { SessionEvent } from "./session-event.ts";
import { sessionMachine } from "./session-machine.ts";
import type { SessionSnapshot } from "./session-snapshot.ts";

export interface Transition {
  /** moved: another status. stayed: it counted and the status is the same. refused: not legal here; nothing changed. */
  outcome: "moved" | "stayed" | "refused";
  status: SessionStatus;
  snapshot: SessionSnapshot;
  effects: Effect[];
}

/** A new session: CREATED, and what must be done first. */
export function initialTransition(input: { consentGiven: boolean }): Omit<Transition, "outcome"> {
  const [state, actions] = firstOf(sessionMachine, input);
  const snapshot = persist(state);
  return { status: snapshot.status, snapshot, effects: effectsOf(actions) };
}

/** What an event makes of a session. Pure: no clock, no I/O; effects are data. */
export function transition(snapshot: SessionSnapshot, event: SessionEvent): Transition {
  const state = resolve(snapshot);
  if (!state.can(event)) return { outcome: "refused", status: snapshot.status, snapshot, effects: [] };
  const [after, actions] = next(sessionMachine, state, event);
  const reached = persist(after);
  return {
    outcome: reached.status === snapshot.status ? "stayed" : "moved",
    status: reached.status,
    snapshot: reached,
    effects: effectsOf(actions),
  };
}

type MachineState = SnapshotFrom<typeof sessionMachine>;

export function resolve(snapshot: SessionSnapshot): MachineState {
  const { status, context } = snapshot;
  return sessionMachine.resolveState({ value: isFinal(status) ? status : { live: status }, context });
}

export function persist(state: MachineState): SessionSnapshot {
  return { status: statusOf(state.value), context: state.context };
}

function isFinal(status: SessionStatus): boolean {
  return sessionMachine.states[status as keyof typeof sessionMachine.states] !== undefined;
}

function statusOf(value: MachineState["value"]): SessionStatus {
  return sessionStatusSchema.parse(typeof value === "string" ? value : value.live);
}

function effectsOf(actions: readonly { type: string; params: unknown }[]): Effect[] {
  return actions.filter((action) => action.type === "effect").map((action) => action.params as Effect);
}
