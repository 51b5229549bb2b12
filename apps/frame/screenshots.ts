/**
 * Pictures of every state of the frame: `node --conditions=@attestream/source screenshots.ts FOLDER [name…]`.
 * Desktop and phone, light and dark. For looking at; compared with nothing.
 */
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import type { Browser } from "playwright";
import { launchViewer } from "./test-support/launch-viewer.ts";
import { playScene, scenes, type Scene } from "./test-support/scenes.ts";

const sizes = { desktop: { width: 900, height: 700 }, phone: { width: 390, height: 844 } } as const;
const schemes = ["light", "dark"] as const;

type Size = keyof typeof sizes;

async function photograph(
  browser: Browser,
  path: string,
  scene: Scene,
  size: Size,
  colorScheme: (typeof schemes)[number],
): Promise<void> {
  const touch = size === "phone" ? { hasTouch: true, isMobile: true } : {};
  const context = await browser.newContext({ viewport: sizes[size], colorScheme, reducedMotion: "reduce", ...touch });
  try {
    const page = await context.newPage();
    const server = await playScene(browser, page, scene);
    await page.waitForTimeout(500);
    await page.screenshot({ path });
    await server.close();
  } finally {
    await context.close();
  }
}

const [folder, ...only] = process.argv.slice(2);
if (!folder) throw new Error("say where the pictures go: screenshots.ts FOLDER [name…]");
await mkdir(folder, { recursive: true });
const browser = await launchViewer();
try {
  for (const [name, scene] of Object.entries(scenes)) {
    if (only.length > 0 && !only.some((part) => name.includes(part))) continue;
    for (const size of Object.keys(sizes) as Size[]) {
      for (const scheme of schemes)
        await photograph(browser, join(folder, `${name}-${size}-${scheme}.png`), scene, size, scheme);
    }
    process.stdout.write(`${name}\n`);
  }
} finally {
  await browser.close();
}
