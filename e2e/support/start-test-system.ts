import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Browser } from "playwright";
import { findChromium } from "@attestream/browser-worker/find-chromium";
import { createClient } from "@attestream/sdk";
import { EndUser, type EndUserOptions } from "@attestream/standalone/end-user";
import { startSystem, type System } from "@attestream/standalone/system";
import { launchViewerBrowser } from "@attestream/standalone/viewer-browser";

export interface TestSystem extends AsyncDisposable {
  system: System;
  /** Of the database and the keys. */
  dataDir: string;
  /** The end users' Chromium. */
  browser: Browser;
  /** The partner API, with the demo partner's key. */
  client: ReturnType<typeof createClient>;
  openEndUser(options?: Omit<EndUserOptions, "browser">): Promise<EndUser>;
}

const startWithinMs = 60_000;

/** Everything as `npm start` runs it, on free ports and in a folder that is removed again. */
export async function startTestSystem(environment: Record<string, string> = {}): Promise<TestSystem> {
  await using undo = new AsyncDisposableStack();
  const folder = await mkdtemp(join(tmpdir(), "attestream-e2e-"));
  undo.defer(() => rm(folder, { recursive: true, force: true }));
  const dataDir = join(folder, "data");
  // For the start alone: what a test starts later has a time of its own.
  const starting = new AbortController();
  const late = setTimeout(() => starting.abort(), startWithinMs);
  const system = await startSystem({
    dataDir,
    ports: { api: 0, partner: 0, bank: 0, worker: 0 },
    environment: { ...process.env, LOG_LEVEL: "warn", ...environment },
    signal: starting.signal,
  }).finally(() => clearTimeout(late));
  undo.defer(() => system.stop());
  const browser = await launchViewerBrowser((await findChromium(undefined)).path);
  undo.defer(() => browser.close());
  const life = undo.move();
  return {
    system,
    dataDir,
    browser,
    client: createClient({ baseUrl: system.apiUrl, apiKey: system.demoApiKey }),
    openEndUser: (options = {}) => EndUser.open({ browser, viewport: { width: 1100, height: 860 }, ...options }),
    [Symbol.asyncDispose]: () => life.disposeAsync(),
  };
}

/** How long a step of a whole session may take on a busy machine. */
export const patience = () => AbortSignal.timeout(60_000);
