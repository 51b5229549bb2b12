import type { LinkShape } from "../link/shaped-link.ts";
import type { Measured } from "../report/bench-row.ts";
import type { RowGroup } from "../report/bench.ts";
import { p95 } from "../statistics/quantile.ts";
import type { BenchRun } from "../system/bench-run.ts";
import type { ClickSeries } from "../viewer/click-series.ts";
import { clickPeer, clickProduct, describeSeries } from "./compared-clicks.ts";

const roundTripMs = 40;
const count = 20;
const linkOf = (megabits: number): LinkShape => ({ bitsPerSecond: megabits * 1e6, delayMs: roundTripMs / 2 });

const p95OrNone = ({ latencies }: ClickSeries) => (latencies.length > 0 ? p95(latencies) : null);

/** 5 Mbit/s, 40 ms there and back, and a page that never rests. */
export const narrowLink: RowGroup = {
  title: "a link of 5 Mbit/s and 40 ms",
  rows: ["link5.spinner.p95.rtts", "link5.spinner.fps", "link5.lost"],
  async measure(run) {
    const { product, peer, note } = await compare(run, linkOf(5));
    const inTrips = (ms: number | null) => (ms === null ? null : ms / roundTripMs);
    return {
      "link5.spinner.p95.rtts": { value: inTrips(p95OrNone(product)), peer: inTrips(p95OrNone(peer)), note },
      ...common("link5", product, peer),
    };
  },
};

/** 20 Mbit/s, for information. */
export const wideLink: RowGroup = {
  title: "a link of 20 Mbit/s and 40 ms",
  rows: ["link20.spinner.p95", "link20.spinner.fps", "link20.lost"],
  async measure(run) {
    const { product, peer, note } = await compare(run, linkOf(20));
    return {
      "link20.spinner.p95": { value: p95OrNone(product), peer: p95OrNone(peer), note },
      ...common("link20", product, peer),
    };
  },
};

async function compare(run: BenchRun, link: LinkShape) {
  const product = await clickProduct(run, { page: "spinner", link, count });
  const peer = await clickPeer(run, "json", { page: "spinner", link, count });
  return { product, peer, note: `product ${describeSeries(product)}; peer ${describeSeries(peer)}` };
}

function common(name: string, product: ClickSeries, peer: ClickSeries): Record<string, Measured> {
  return {
    [`${name}.spinner.fps`]: { value: product.picturesPerSecond, peer: peer.picturesPerSecond },
    [`${name}.lost`]: { value: product.lost, peer: peer.lost },
  };
}
