import { BaseSequencer, type TestSpecification } from "vitest/node";

/** Those that take longest of their kind, the longest first; by what a run printed. None is missed if it is not here. */
const longest = [
  "e2e/live-behaviour.e2e.test.ts",
  "e2e/login-trouble.e2e.test.ts",
  "bench/bench.e2e.test.ts",
  "e2e/back-to-back.e2e.test.ts",
  "e2e/canary.e2e.test.ts",
  "attack/attack.e2e.test.ts",
  "apps/frame/src/accessibility.browser.test.ts",
  "apps/browser-worker/src/tree/demo-bank.browser.test.ts",
  "apps/frame/src/frame.browser.test.ts",
  "apps/browser-worker/src/tree-cli/run-tree-cli.browser.test.ts",
  "apps/browser-worker/src/main.browser.test.ts",
  "apps/api/src/kill-table.int.test.ts",
  "apps/api/src/workers/worker-loss.int.test.ts",
  "apps/api/src/webhooks/webhooks.int.test.ts",
  "apps/api/src/dispatch/dispatch.int.test.ts",
  "apps/api/src/main.int.test.ts",
  "packages/conformance/src/conformance.int.test.ts",
  "fuzz/fuzz.test.ts",
];

/**
 * Begins with what takes longest, so that no core waits at the end for one file that was begun last. Vitest does so by
 * itself from the second run on; a fresh clone has had none.
 */
export class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files);
    const rank = ({ moduleId }: TestSpecification) => {
      const index = longest.findIndex((name) => moduleId.endsWith(`/${name}`));
      return index === -1 ? longest.length : index;
    };
    return sorted.toSorted((a, b) => rank(a) - rank(b));
  }
}
