// A thread of the fuzzer: runs its share of the cases, and tells how far it has come.
import { setImmediate as turn } from "node:timers/promises";
import { parentPort, workerData, type MessagePort } from "node:worker_threads";
import { kinds } from "../kinds/all-kinds.ts";
import { createRandom } from "../mutate/random.ts";
import { bytesInUse, bytesKept } from "./memory.ts";
import { shareSchema, type Tally } from "./share.ts";

const tellEvery = 2000;
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
  grownBytes: 0,
  keptBytes: 0,
  failure: null,
  ended: false,
};

let before = { bytes: bytesInUse(), ms: cpuMs() };
for (let index = share.from; index < share.to && tally.failure === null; index += 1) {
  try {
    if (runCase(createRandom(share.seed, index)) === "refused") tally.refused += 1;
  } catch (error) {
    tally.failure = { index, message: error instanceof Error ? (error.stack ?? error.message) : String(error) };
  }
  const after = { bytes: bytesInUse(), ms: cpuMs() };
  tally.grownBytes = Math.max(tally.grownBytes, after.bytes - before.bytes);
  tally.slowestMs = Math.max(tally.slowestMs, after.ms - before.ms);
  before = after;
  tally.done += 1;
  if (tally.done % tellEvery === 0) {
    await tell();
    before = { bytes: bytesInUse(), ms: cpuMs() };
  }
}
tally.ended = true;
await tell();

async function tell(): Promise<void> {
  // What zlib gives back after an error, it gives back in a later turn.
  await turn();
  tally.keptBytes = Math.max(tally.keptBytes, bytesKept());
  port.postMessage(tally, []);
}

/** Of this thread alone: what else the machine does is not in it. */
function cpuMs(): number {
  const { user, system } = process.threadCpuUsage();
  return (user + system) / 1000;
}
