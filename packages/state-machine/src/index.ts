export { deadlineKinds, type DeadlineKind, type Effect, type EffectType, type WorkerReleaseReason } from "./effect.ts";
export { sessionEventTypes, type SessionEvent, type SessionEventType } from "./session-event.ts";
export { machineVersion, restoreSnapshot, type SessionContext, type SessionSnapshot } from "./session-snapshot.ts";
export { initialTransition, transition, type Transition } from "./transition.ts";
