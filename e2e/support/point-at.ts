import { expect } from "vitest";
import type { Locator, Page } from "playwright";
import type { EndUser } from "@attestream/standalone/end-user";
import type { TestSystem } from "./start-test-system.ts";

/**
 * Where something stands in the streamed picture. The picture has no elements to ask, so the same page
 * is opened beside it, at the picture's size, and measured there.
 */
export async function pointAt(
  { browser, system }: TestSystem,
  user: EndUser,
  path: string,
  find: (page: Page) => Locator,
): Promise<{ x: number; y: number }> {
  const size = await settledSize(user);
  const shown = await user.picture.boundingBox();
  const context = await browser.newContext({ viewport: size, ignoreHTTPSErrors: true });
  try {
    const page = await context.newPage();
    await page.goto(`https://127.0.0.1:${system.bankPort}${path}`);
    const box = await find(page).boundingBox();
    if (!box || !shown) throw new Error(`Nothing to point at on ${path}.`);
    return {
      x: ((box.x + box.width / 2) * shown.width) / size.width,
      y: ((box.y + box.height / 2) * shown.height) / size.height,
    };
  } finally {
    await context.close();
  }
}

/** Size of the picture once the streamed page has been laid out for the room that the frame gives it. */
async function settledSize(user: EndUser): Promise<{ width: number; height: number }> {
  const measure = (canvas: { width: number; height: number; clientWidth: number; clientHeight: number }) => ({
    width: canvas.width,
    height: canvas.height,
    settled: canvas.width === canvas.clientWidth && canvas.height === canvas.clientHeight,
  });
  await expect.poll(async () => (await user.picture.evaluate(measure)).settled, { timeout: 20_000 }).toBe(true);
  return user.picture.evaluate(measure);
}
