export { checkpointType, openCheckpoint, signCheckpoint, type Checkpoint } from "./checkpoint.ts";
export { encodeHash, logEntryOf, verifyLogProof, type LogProofResult } from "./log-proof.ts";
export {
  appendEntry,
  emptyHead,
  headAt,
  proveConsistency,
  proveInclusion,
  rootOf,
  type LogHead,
  type LogNode,
  type NodeStore,
} from "./log-tree.ts";
export { hashBytes, leafHash } from "./tree-hash.ts";
export type { NodeId } from "./tree-ranges.ts";
export { verifyConsistency, verifyInclusion } from "./verify-path.ts";
