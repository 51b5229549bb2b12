import { createRequire } from "node:module";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type axe from "axe-core";
import type { Browser } from "playwright";
import { launchViewer } from "../test-support/launch-viewer.ts";
import { playScene, scenes } from "../test-support/scenes.ts";

const axeFile = createRequire(import.meta.url).resolve("axe-core/axe.min.js");
let browser: Browser;

beforeAll(async () => {
  browser = await launchViewer();
});
afterAll(() => browser.close());

describe("every state, in light and dark", () => {
  it.each(Object.entries(scenes))("%s has no fault that axe finds, WCAG 2.2 A and AA", async (_name, scene) => {
    const context = await browser.newContext({
      viewport: { width: 900, height: 700 },
      reducedMotion: "reduce",
      bypassCSP: true,
    });
    const page = await context.newPage();
    const server = await playScene(browser, page, scene);
    try {
      await page.addScriptTag({ path: axeFile });
      for (const [colorScheme, runOnly] of [
        ["light", ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]],
        // The themes differ in colours alone.
        ["dark", ["color-contrast", "link-in-text-block"]],
      ] as const) {
        await page.emulateMedia({ colorScheme });
        const faults = await page.evaluate(async (tags) => {
          const { axe: checker } = globalThis as unknown as { axe: typeof axe };
          const { violations } = await checker.run({ runOnly: [...tags] });
          return violations.flatMap(({ id, nodes }) =>
            nodes.map(({ target, failureSummary }) => `${id} ${target.join(" ")}: ${failureSummary}`),
          );
        }, runOnly);
        expect(faults, colorScheme).toEqual([]);
      }
    } finally {
      await context.close();
      await server.close();
    }
  });
});
