// `npm run demo`: one verification from end to end, on ports and in a folder of its own. A scripted end
// user in a second Chromium does what a person would. Exit code 0 only if all of it is well.
import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { findChromium } from "@attestream/browser-worker/find-chromium";
import { printDemoReport } from "./demo-report.ts";
import { PartStartError } from "./part-process.ts";
import { runDemoVerification, type DemoOutcome } from "./run-demo-verification.ts";
import { startSystem } from "./system.ts";
import { Timeline } from "./timeline.ts";
import { launchViewerBrowser } from "./viewer-browser.ts";

/** Everything together takes seconds; this is for a machine on which something hangs. */
const patienceMs = 180_000;
const pictureFolder = join(import.meta.dirname, "../../../.attestream/demo");

const stopping = new AbortController();
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, () => stopping.abort());
process.on("disconnect", () => stopping.abort());
const signal = AbortSignal.any([stopping.signal, AbortSignal.timeout(patienceMs)]);

const timeline = new Timeline(
  (line) => process.stdout.write(`${line}\n`),
  () => performance.now(),
);

/** Starts everything, verifies, and leaves nothing running: what is printed afterwards stands last. */
async function runDemo(): Promise<DemoOutcome> {
  await using life = new AsyncDisposableStack();
  const folder = await mkdtemp(join(tmpdir(), "attestream-demo-"));
  life.defer(() => rm(folder, { recursive: true, force: true }));
  const system = await startSystem({
    dataDir: join(folder, "data"),
    ports: { api: 0, partner: 0, bank: 0, worker: 0 },
    environment: { ...process.env, LOG_LEVEL: process.env["LOG_LEVEL"] ?? "warn" },
    signal,
    onProgress: (part) => timeline.note(`starting ${part}`),
  });
  life.defer(() => system.stop());
  timeline.mark("started", "everything serves");

  const browser = await launchViewerBrowser((await findChromium(process.env["CHROMIUM_PATH"])).path);
  life.defer(() => browser.close());
  await mkdir(pictureFolder, { recursive: true });
  return await runDemoVerification({ system, browser, timeline, pictureFolder, signal });
}

try {
  process.exitCode = printDemoReport(await runDemo(), timeline);
} catch (error) {
  process.stderr.write(`The demo did not finish: ${error instanceof Error ? error.message : String(error)}\n`);
  process.stdout.write(
    `${JSON.stringify({ status: null, extractedData: null, attestation: { ok: false }, webhook: { ok: false }, ms: timeline.milliseconds() })}\n`,
  );
  process.exitCode = error instanceof PartStartError ? error.exitCode : 1;
}
if (process.connected) process.disconnect();
