import { getHeapStatistics, setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";

/** The heap, and the buffers outside of it. */
export function bytesInUse(): number {
  const { used_heap_size: heap, external_memory: outside } = getHeapStatistics();
  return heap + outside;
}

setFlagsFromString("--expose-gc");
const collect = runInNewContext("gc") as () => void;

/** What is still held. A loop that never waits leaves its buffers to a collector that comes late. */
export function bytesKept(): number {
  collect();
  return bytesInUse();
}
