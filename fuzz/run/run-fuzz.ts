import { availableParallelism } from "node:os";
import { Worker } from "node:worker_threads";
import { kinds } from "../kinds/all-kinds.ts";
import { tallySchema, type Share, type Tally } from "./share.ts";

export interface FuzzOptions {
  cases: number;
  seed: number;
  /** Kinds by name; all when null. */
  only: readonly string[] | null;
  progress: (line: string) => void;
  signal: AbortSignal;
}

export interface FuzzRow {
  name: string;
  title: string;
  cases: number;
  refused: number;
  slowestMs: number;
  grownBytes: number;
  keptBytes: number;
  failure: string | null;
}

/** A thread that says nothing for so long hangs: what it tells comes after some hundred cases. */
const silenceMs = 60_000;
const longestCaseMs = 2_000;
const heapMb = 256;
/** Bodies of a connection may come to 64 MiB, and are put together in steps that double. */
const mostGrownBytes = 192 * 2 ** 20;
const mostKeptBytes = 64 * 2 ** 20;

/** Runs the cases in as many threads as there are processors, one kind after the other. */
export async function runFuzz({ cases, seed, only, progress, signal }: FuzzOptions): Promise<FuzzRow[]> {
  const threads = Math.max(2, availableParallelism());
  const chosen = Object.entries(kinds).filter(([name]) => only === null || only.includes(name));
  const rows: FuzzRow[] = [];
  for (const [name, { title, part }] of chosen) {
    const count = Math.ceil((cases * part) / threads);
    const shares = Array.from({ length: threads }, (_, index): Share => ({
      kind: name,
      seed,
      from: index * count,
      to: (index + 1) * count,
    }));
    const tallies = new Map<number, Tally>();
    await Promise.all(
      shares.map((share, index) =>
        runShare(share, signal, (tally) => {
          tallies.set(index, tally);
          const done = [...tallies.values()].reduce((sum, one) => sum + one.done, 0);
          progress(`${name}: ${done} of ${count * threads}`);
        }),
      ),
    );
    rows.push(toRow(name, title, seed, [...tallies.values()]));
  }
  return rows;
}

function runShare(share: Share, signal: AbortSignal, tell: (tally: Tally) => void): Promise<void> {
  const worker = new Worker(new URL("./share-thread.ts", import.meta.url), {
    workerData: share,
    execArgv: ["--conditions=@attestream/source"],
    resourceLimits: { maxOldGenerationSizeMb: heapMb },
  });
  return new Promise((resolve, reject) => {
    const stop = (reason: Error) => {
      reject(reason);
      void worker.terminate();
    };
    const silence = setTimeout(() => stop(new Error(`${share.kind}: a case hangs (seed ${share.seed})`)), silenceMs);
    const onAbort = () => stop(new Error("stopped"));
    signal.addEventListener("abort", onAbort, { once: true });
    worker.on("message", (message: unknown) => {
      silence.refresh();
      const tally = tallySchema.parse(message);
      tell(tally);
      if (tally.ended) resolve();
    });
    // A heap that grows beyond its limit ends here, too.
    worker.on("error", (error) => stop(error instanceof Error ? error : new Error(String(error))));
    worker.on("exit", (code) => {
      clearTimeout(silence);
      signal.removeEventListener("abort", onAbort);
      reject(new Error(`${share.kind}: the thread ended with ${code}`));
    });
  });
}

function toRow(name: string, title: string, seed: number, tallies: readonly Tally[]): FuzzRow {
  const most = (of: (tally: Tally) => number) => Math.max(...tallies.map(of));
  const sum = (of: (tally: Tally) => number) => tallies.reduce((total, tally) => total + of(tally), 0);
  const [grownBytes, keptBytes] = [most((tally) => tally.grownBytes), most((tally) => tally.keptBytes)];
  const failed = tallies.find(({ failure }) => failure !== null)?.failure;
  const slowestMs = most((tally) => tally.slowestMs);
  const wrong = [
    failed === null || failed === undefined ? null : `case ${failed.index}, seed ${seed}: ${failed.message}`,
    grownBytes > mostGrownBytes ? `a case took ${grownBytes} bytes` : null,
    keptBytes > mostKeptBytes ? `${keptBytes} bytes were kept` : null,
    slowestMs > longestCaseMs ? `a case computed for ${slowestMs.toFixed(0)} ms` : null,
  ].filter((one) => one !== null);
  return {
    name,
    title,
    cases: sum((tally) => tally.done),
    refused: sum((tally) => tally.refused),
    slowestMs,
    grownBytes,
    keptBytes,
    failure: wrong.length === 0 ? null : wrong.join("; "),
  };
}
