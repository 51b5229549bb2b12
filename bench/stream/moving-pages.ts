import type { RowGroup } from "../report/bench.ts";
import { p95 } from "../statistics/quantile.ts";
import { clickPeer, clickProduct, describeSeries } from "./compared-clicks.ts";

/** Pages of which much changes all the time: deltas do not help there. */
export const movingPages: RowGroup[] = (["boxes", "video"] as const).map((page) => ({
  title: page === "boxes" ? "twelve moving boxes" : "a film",
  rows: [`${page}.kbps`, `${page}.fps`, `${page}.p95`],
  async measure(run) {
    const product = await clickProduct(run, { page, count: 20 });
    const peer = await clickPeer(run, "json", { page, count: 20 });
    const note = `product ${describeSeries(product)}; peer ${describeSeries(peer)}`;
    return {
      [`${page}.kbps`]: { value: product.kilobytesPerSecond, peer: peer.kilobytesPerSecond, note },
      [`${page}.fps`]: { value: product.picturesPerSecond, peer: peer.picturesPerSecond },
      [`${page}.p95`]: {
        value: product.latencies.length > 0 ? p95(product.latencies) : null,
        peer: peer.latencies.length > 0 ? p95(peer.latencies) : null,
      },
    };
  },
}));
