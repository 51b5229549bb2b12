import { edgesOf, ownHosts, parsePlatform } from "@attestream/workflow";
import { readPlatformSettings } from "../session/platform-settings.ts";
import type { PlatformFile } from "./find-platform-files.ts";
import { launchTestBrowser } from "./launch-test-browser.ts";
import { runPlatformTest, type PlatformTest } from "./run-platform-test.ts";
import { startDemoBank, type RunningSite } from "./start-demo-bank.ts";
import { UsageError } from "./usage-error.ts";

export interface TestOptions {
  /** Where the platform's test site listens, `host:port`; Demo Bank is started by itself. */
  at: string | undefined;
  /** Only tests with this in their name. */
  only: string | undefined;
  chromiumPath: string | undefined;
  now: () => Date;
  signal: AbortSignal;
  write: (text: string) => void;
}

const demoHosts = /(?:^|\.)demo\.test$/;

/** Runs the tests of one platform file, one after the other in one Chromium. False when one did not pass. */
export async function testPlatform({ path, text }: PlatformFile, options: TestOptions): Promise<boolean> {
  const { write, now, signal } = options;
  const parsed = parsePlatform(text, path);
  if (!parsed.ok) throw new UsageError(`${path} is not valid; run "npm run tree -- lint ${path}" and mend it first`);
  const { definition } = parsed;
  const tests = (definition.tests ?? []).filter(({ name }) => name.includes(options.only ?? ""));
  if (tests.length === 0) throw new UsageError(`${path} has no ${options.only === undefined ? "tests" : "such test"}`);

  await using site = await siteFor(new URL(definition.loginUrl).hostname, options.at);
  const browser = await launchTestBrowser({
    allow: ownHosts(definition.allow),
    address: site.address,
    chromiumPath: options.chromiumPath,
  });
  const settings = readPlatformSettings({
    platform: definition,
    loginUrl: definition.loginUrl,
    locale: undefined,
    browserVersion: browser.version(),
  });
  const run = async (test: PlatformTest) => {
    // The site is the author's own, on this machine: its certificate proves nothing here.
    const context = await browser.newContext({ ...settings?.context, ignoreHTTPSErrors: true });
    try {
      return await runPlatformTest({ definition, test, context, now, signal });
    } finally {
      await context.close();
    }
  };
  try {
    write(`${definition.name} ${definition.version}\n`);
    const width = Math.max(...tests.map(({ name }) => name.length));
    let passed = 0;
    const taken = new Set<string>();
    for (const test of tests) {
      const startedAt = now().getTime();
      const { name, problems, ending, visited, edges } = await run(test);
      for (const edge of edges) taken.add(edge);
      const seconds = ((now().getTime() - startedAt) / 1000).toFixed(1);
      const mark = problems.length === 0 ? "✓" : "✗";
      write(
        `  ${mark} ${name.padEnd(width)}  ${seconds.padStart(5)} s  ${ending.padEnd(30)}  ${visited.join(" > ")}\n`,
      );
      for (const problem of problems) write(`      ${problem}\n`);
      if (problems.length === 0) passed += 1;
    }
    write(`${passed} of ${tests.length} passed\n`);
    const edges = edgesOf(definition);
    const untested = edges.filter((edge) => !taken.has(edge));
    write(
      `${edges.length - untested.length} of ${edges.length} edges tested${untested.length === 0 ? "" : `; not: ${untested.join(", ")}`}\n`,
    );
    return passed === tests.length;
  } finally {
    await browser.close();
  }
}

async function siteFor(host: string, at: string | undefined): Promise<RunningSite> {
  if (at !== undefined) return { address: at, [Symbol.asyncDispose]: async () => undefined };
  if (demoHosts.test(host)) return startDemoBank();
  throw new UsageError(
    `${host} has no test site: start one on this machine and say where with --at 127.0.0.1:PORT. Tests never go to the real platform.`,
  );
}
