import { defineConfig } from "vitest/config";
import { LongestFirst } from "./scripts/longest-first.ts";

const source = { conditions: ["@attestream/source"] };
const shared = {
  environment: "node" as const,
  restoreMocks: true,
  // The default of one second is too short for a busy machine.
  expect: { poll: { timeout: 15_000 } },
};

/** File names say what a test needs: nothing, real sockets and databases, a real browser, the whole system. */
export default defineConfig({
  resolve: source,
  ssr: { resolve: source },
  test: {
    sequence: { sequencer: LongestFirst },
    projects: [
      {
        extends: true,
        test: {
          ...shared,
          name: "unit",
          include: [
            "{packages,apps,examples}/*/src/**/*.test.ts",
            "{platforms,scripts,bench,attack,fuzz,e2e/soak}/**/*.test.ts",
          ],
          exclude: ["**/*.{int,browser,e2e}.test.ts", "**/node_modules/**"],
          testTimeout: 60_000,
          maxWorkers: 2,
          // They need nothing and leave nothing: a process for each would take longer than the tests.
          isolate: false,
        },
      },
      {
        extends: true,
        test: {
          ...shared,
          name: "integration",
          include: ["{packages,apps,examples}/*/src/**/*.int.test.ts", "{scripts,bench,attack}/**/*.int.test.ts"],
          testTimeout: 60_000,
          hookTimeout: 60_000,
          // Much of their time they wait: for leases, deadlines, retries.
          maxWorkers: 3,
          // Each starts its own servers; loading the programs anew for every file would take a minute in all.
          isolate: false,
          sequence: { groupOrder: 1 },
        },
      },
      {
        extends: true,
        test: {
          ...shared,
          name: "browser",
          include: ["{packages,apps,examples}/*/src/**/*.browser.test.ts"],
          testTimeout: 120_000,
          hookTimeout: 120_000,
          maxWorkers: 2,
        },
      },
      {
        extends: true,
        test: {
          ...shared,
          name: "e2e",
          include: ["{e2e,bench,attack}/**/*.e2e.test.ts"],
          testTimeout: 240_000,
          hookTimeout: 240_000,
          maxWorkers: 2,
          sequence: { groupOrder: 2 },
        },
      },
    ],
  },
});
