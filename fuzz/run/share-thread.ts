// A thread of the fuzzer: runs its share of the cases, and tells how far it has come.
import { parentPort, workerData, type MessagePort } from "node:worker_threads";
import { kinds } from "../kinds/all-kinds.ts";
import { createRandom } from "../mutate/random.ts";
import { shareSchema, type Tally } from "./share.ts";

const tellEvery = 500;
const port = parentPort as MessagePort;

const share = shareSchema.parse(workerData);
const kind = kinds[share.kind];
if (kind === undefined) throw new Error(`there is no kind ${share.kind}`);
const runCase = await kind.prepare();
const tally: Tally = {
  kind: share.kind,
  done: 0,
  refused: 0,
  slowestMs: 0,
  bufferBytes: 0,
  failure: null,
  ended: false,
};

for (let index = share.from; index < share.to && tally.failure === null; index += 1) {
  const startedAt = performance.now();
  try {
    if (runCase(createRandom(share.seed, index)) === "refused") tally.refused += 1;
  } catch (error) {
    tally.failure = { index, message: error instanceof Error ? (error.stack ?? error.message) : String(error) };
  }
  tally.slowestMs = Math.max(tally.slowestMs, performance.now() - startedAt);
  tally.done += 1;
  if (tally.done % tellEvery === 0) tell();
}
tally.ended = true;
tell();

function tell(): void {
  tally.bufferBytes = Math.max(tally.bufferBytes, process.memoryUsage().arrayBuffers);
  port.postMessage(tally, []);
}
