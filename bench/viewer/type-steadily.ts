import { setTimeout as sleep } from "node:timers/promises";
import type { Viewer } from "./viewer.ts";

export const keysPerSecond = 8;
/** A key after which no picture comes at all is a fault, not a figure. */
const answeredWithinMs = 20_000;
const letters = "the quick brown fox jumps over the lazy dog ";

/**
 * Presses keys at 8 a second, by the clock: one that was late does not make the next ones late. Resolves when a
 * picture has come after the last.
 */
export async function typeSteadily(viewer: Viewer, keys: number): Promise<void> {
  const startedAt = performance.now();
  for (let index = 0; index < keys; index += 1) {
    const dueAt = startedAt + (index * 1000) / keysPerSecond;
    await sleep(Math.max(0, dueAt - performance.now()));
    await viewer.page.keyboard.press(
      letters[index % letters.length] === " " ? "Space" : (letters[index % letters.length] ?? "a"),
    );
  }
  await sleep(1000 / keysPerSecond);
  await viewer.until("benchProbe.pendingKeys() === 0", answeredWithinMs);
}

/** Puts the caret into the page's text box and the viewer's focus where keys are heard. */
export async function focusTextBox(viewer: Viewer): Promise<void> {
  await viewer.pointAt(400, 400);
  await viewer.page.mouse.down();
  await viewer.page.mouse.up();
  await sleep(500);
}
