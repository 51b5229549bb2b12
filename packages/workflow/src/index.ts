export type { Clock } from "./run/clock.ts";
export type { ChallengeReply, FieldValue, RunDeadline, RunEvents } from "./run/events.ts";
export type {
  CapturedResponse,
  ElementSource,
  Observation,
  PageAction,
  PagePort,
  RequestPattern,
} from "./run/page-port.ts";
export type { ProofPort, ReadPart } from "./run/proof-port.ts";
export { runTree, type RunOptions, type RunOutcome } from "./run/run-tree.ts";
export { edgesOf, edgesTaken } from "./run/tree-edges.ts";
export { TreeFailure } from "./run/tree-failure.ts";
export {
  alternativesOf,
  compileUrlPattern,
  consentFields,
  hashPlatform,
  isAllowedHost,
  ownHosts,
  parsePlatform,
  platformDefinitionSchema,
  type Locator,
  type ParsedPlatform,
  type PlatformDefinition,
  type Problem,
  type Screen,
  type SingleLocator,
} from "./schema/index.ts";
