import type { LinkShape } from "../link/shaped-link.ts";
import { movingAreas, type PageName } from "../pages/site-pages.ts";
import type { Codec } from "../peer/caster.ts";
import { median } from "../statistics/quantile.ts";
import type { BenchRun } from "../system/bench-run.ts";
import { runClickSeries, unevenGap, type ClickSeries } from "../viewer/click-series.ts";

export interface ClickedPage {
  page: PageName;
  link?: LinkShape;
  /** Of clicks, unless it is a quick run. */
  count?: number;
}

/** Of these, clicks take part in the statistics even when they take this long; what takes longer is lost. */
export const lostAfterMs = 5_000;

export const fullCount = 40;
export const clickCount = (run: BenchRun, count = fullCount) => (run.quick ? 2 : count);

export const seriesOf = (run: BenchRun, { page, count }: ClickedPage) => ({
  count: clickCount(run, count),
  gapMs: unevenGap,
  lostAfterMs: run.quick ? 2_000 : lostAfterMs,
  ...(isMoving(page) ? { moving: page } : {}),
});

/** Through the product: API, worker and frame. */
export async function clickProduct(run: BenchRun, clicked: ClickedPage): Promise<ClickSeries> {
  const product = await run.product({ link: clicked.link ?? null });
  run.progress(`  the product, ${clicked.page}`);
  const session = await product.open(clicked.page);
  try {
    return await runClickSeries(session.viewer, seriesOf(run, clicked));
  } finally {
    await session.end();
  }
}

/** Through a caster of bench/peer. */
export async function clickPeer(run: BenchRun, codec: Codec, clicked: ClickedPage): Promise<ClickSeries> {
  const peer = await run.peer();
  run.progress(`  ${codec === "json" ? "the peer" : "binary JPEG q60, window 2"}, ${clicked.page}`);
  await using viewer = await peer.open({ page: clicked.page, codec, link: clicked.link ?? null });
  return await runClickSeries(viewer, seriesOf(run, clicked));
}

/** Several series of the same page as one. */
export const joinSeries = (series: readonly ClickSeries[]): ClickSeries => ({
  latencies: series.flatMap(({ latencies }) => latencies),
  came: series.flatMap(({ came }) => came),
  lost: sum(series.map(({ lost }) => lost)),
  kilobytesPerSecond: sum(series.map(({ kilobytesPerSecond }) => kilobytesPerSecond)) / series.length,
  picturesPerSecond: sum(series.map(({ picturesPerSecond }) => picturesPerSecond)) / series.length,
});

const sum = (numbers: readonly number[]) => numbers.reduce((all, each) => all + each, 0);

const isMoving = (page: PageName): page is keyof typeof movingAreas => page in movingAreas;

/** For a note: how the series went besides the figure in the row. */
export function describeSeries({ latencies, came, lost, picturesPerSecond }: ClickSeries): string {
  const moving = picturesPerSecond > 0 ? `, ${picturesPerSecond.toFixed(0)} fps` : "";
  const parts =
    came.length > 0 ? `, p50 ${median(came).toFixed(0)} ms until it came, ${median(latencies).toFixed(0)} drawn` : "";
  return `${lost} of ${latencies.length + lost} lost${parts}${moving}`;
}
