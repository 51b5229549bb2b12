// `npm run soak`: sessions back to back, two at a time, through the whole system with a PostgreSQL, for
// `SOAK_MINUTES` (60). Every minute the users stop, and what the system holds at rest is counted. Exit code 0 only
// if every session ended as it must and nothing grew.
import { chmod, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { startPostgres } from "@attestream/testkit";
import { Client } from "pg";
import { startTestSystem, type TestSystem } from "../support/start-test-system.ts";
import { takeWalk, walks, type WalkName } from "../support/walks.ts";
import { describeVerdict, tableHead, tableRow } from "./report.ts";
import { takeSample, type Sample } from "./take-sample.ts";
import { judge } from "./verdict.ts";

const lanes = 2;
/** Two lanes stay below the 30 sessions a minute that a key may create. */
const shortestWalkMs = 4_500;
const names = Object.keys(walks) as WalkName[];

const stopping = new AbortController();
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, () => stopping.abort());
process.on("disconnect", () => stopping.abort());

const minutes = Number(process.env["SOAK_MINUTES"] ?? 60);
if (!(minutes > 0)) throw new Error("SOAK_MINUTES must be a number above 0");
const failures: string[] = [];
let ended = 0;
let begun = 0;

/** Walk after walk, until `until`. */
async function runLane(test: TestSystem, until: number): Promise<void> {
  while (performance.now() < until && !stopping.signal.aborted) {
    const name = names[begun % names.length]!;
    begun += 1;
    const pause = delay(shortestWalkMs);
    try {
      await takeWalk(test, name);
      ended += 1;
    } catch (error) {
      const failure = `${name}: ${error instanceof Error ? error.message.split("\n")[0] : String(error)}`;
      failures.push(failure);
      process.stdout.write(`${failure}\n`);
    }
    await pause;
  }
}

async function soak(): Promise<Sample[]> {
  await using life = new AsyncDisposableStack();
  const postgres = life.use(await startPostgres());
  const temporaryFolder = await mkdtemp(join(tmpdir(), "attestream-soak-"));
  life.defer(() => rm(temporaryFolder, { recursive: true, force: true }));
  // Browsers run as users of their own and have their profiles in it.
  await chmod(temporaryFolder, 0o1777);
  const test = life.use(
    await startTestSystem({ DATABASE_URL: postgres.url, TMPDIR: temporaryFolder, POOL_SIZE: String(lanes) }),
  );
  const database = new Client({ connectionString: postgres.url });
  await database.connect();
  life.defer(() => database.end());

  const source = { test, database, temporaryFolder };
  const samples: Sample[] = [];
  process.stdout.write(`${tableHead()}\n`);
  const startedAt = performance.now();
  for (let minute = 1; minute <= minutes && !stopping.signal.aborted; minute += 1) {
    const until = startedAt + minute * 60_000;
    await Promise.all(Array.from({ length: lanes }, () => runLane(test, until)));
    const sample = await takeSample(source, {
      minute: Math.round((performance.now() - startedAt) / 6_000) / 10,
      sessions: ended,
    });
    samples.push(sample);
    process.stdout.write(`${tableRow(sample)}\n`);
  }
  return samples;
}

const samples = await soak();
const verdict = judge(samples);
process.stdout.write(`\n${describeVerdict(verdict, failures)}\n`);
process.exitCode = verdict.ok && failures.length === 0 && !stopping.signal.aborted ? 0 : 1;
if (process.connected) process.disconnect();
