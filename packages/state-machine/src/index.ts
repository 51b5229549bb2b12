export { deadlineKinds, type DeadlineKind, type Effect, type EffectType, type WorkerReleaseReason } from "./effect.ts";
export { sessionEventTypes, type SessionEvent, type SessionEventType } from "./session-event.ts";
