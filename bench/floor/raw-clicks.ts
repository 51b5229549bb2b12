import { setTimeout as sleep } from "node:timers/promises";
import { markerPoint, markerState, nextState } from "../pages/marker.ts";
import { readPngPixel } from "./png-pixel.ts";
import type { RawFrame, RawPage } from "./raw-page.ts";

export interface RawClickOptions {
  count: number;
  gapMs: () => number;
  lostAfterMs: number;
}

/** PNG screencast, each frame let go at once: milliseconds from a click to the frame that shows it, in this process. */
export async function clickRawPage(page: RawPage, options: RawClickOptions): Promise<number[]> {
  let shown: { state: number; at: number } | null = null;
  let arrived = Promise.withResolvers<void>();
  await page.startScreencast({ format: "png" }, (frame: RawFrame) => {
    frame.acknowledge();
    shown = { state: stateOf(frame), at: frame.at };
    arrived.resolve();
    arrived = Promise.withResolvers();
  });
  const look = () => shown;
  while (look() === null) await arrived.promise;
  const latencies: number[] = [];
  for (let index = 0; index < options.count; index += 1) {
    await sleep(options.gapMs());
    const wanted = nextState(look()?.state ?? 0);
    const startedAt = performance.now();
    const deadline = AbortSignal.timeout(options.lostAfterMs);
    await page.click(640, 600);
    while (look()?.state !== wanted && !deadline.aborted) await Promise.race([arrived.promise, aborted(deadline)]);
    const last = look();
    if (last?.state === wanted) latencies.push(last.at - startedAt);
  }
  await page.stopScreencast();
  return latencies;
}

export function stateOf(frame: RawFrame): number {
  return markerState(readPngPixel(Buffer.from(frame.data, "base64"), markerPoint.x, markerPoint.y));
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    signal.addEventListener("abort", () => resolve(), { once: true });
  });
}
