import { setTimeout as sleep } from "node:timers/promises";
import { nextState } from "../pages/marker.ts";
import { movingAreas } from "../pages/site-pages.ts";
import type { Viewer } from "./viewer.ts";

export interface ClickSeries {
  /** Milliseconds from press to drawn, of those that were drawn. */
  latencies: number[];
  /** Of the same presses: until the picture had come, not yet decoded. The rest is the viewer's part. */
  came: number[];
  lost: number;
  kilobytesPerSecond: number;
  /** Animation frames of the viewer in which the moving area looked otherwise; 0 where nothing moves. */
  picturesPerSecond: number;
}

export interface ClickSeriesOptions {
  count: number;
  gapMs: () => number;
  lostAfterMs: number;
  moving?: keyof typeof movingAreas;
}

/** Presses, waits for what it does to the page, again and again; meanwhile counts what came and what moved. */
export async function runClickSeries(viewer: Viewer, options: ClickSeriesOptions): Promise<ClickSeries> {
  await viewer.pointAt(640, 600);
  // The first press also moves the focus: not counted.
  await viewer.pressAndAwait(nextState((await viewer.markerState()) ?? 0), options.lostAfterMs);
  await sleep(300);
  const before = await viewer.received();
  if (options.moving) await viewer.startCountingPictures(movingAreas[options.moving]);
  const latencies: number[] = [];
  const came: number[] = [];
  let lost = 0;
  for (let index = 0; index < options.count; index += 1) {
    await sleep(options.gapMs());
    const wanted = nextState((await viewer.markerState()) ?? 0);
    const drawn = await viewer.pressAndAwait(wanted, options.lostAfterMs);
    if (drawn === null) {
      lost += 1;
      continue;
    }
    latencies.push(drawn.drawnMs);
    came.push(drawn.cameMs);
  }
  const picturesPerSecond = options.moving ? await viewer.stopCountingPictures() : 0;
  const after = await viewer.received();
  if (after.bytes === before.bytes) throw new Error("nothing came over the viewer's WebSocket");
  return {
    latencies,
    came,
    lost,
    kilobytesPerSecond: (after.bytes - before.bytes) / (after.at - before.at),
    picturesPerSecond,
  };
}

/** So that clicks do not fall into step with the page or the screencast. */
export const unevenGap = () => 200 + Math.random() * 150;
