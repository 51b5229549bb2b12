import type { RowGroup } from "../report/bench.ts";
import { median } from "../statistics/quantile.ts";
import { clickPeer, clickProduct, describeSeries } from "./compared-clicks.ts";

/** Clicks while the page scrolls by 1 px per millisecond. The floor is plain binary JPEG with the same window. */
export const inputWhileScrolling: RowGroup = {
  title: "input while scrolling",
  rows: ["input.scroll.p50.ratio", "scroll.ratio"],
  async measure(run) {
    const floor = await clickPeer(run, "binary", { page: "scroll" });
    const product = await clickProduct(run, { page: "scroll" });
    const peer = await clickPeer(run, "json", { page: "scroll" });
    const note = `product ${describeSeries(product)}; floor ${describeSeries(floor)}; peer ${describeSeries(peer)}`;
    return {
      "input.scroll.p50.ratio": {
        value: median(product.latencies),
        floor: median(floor.latencies),
        peer: peer.latencies.length > 0 ? median(peer.latencies) : null,
        note,
      },
      "scroll.ratio": {
        value: product.kilobytesPerSecond,
        floor: floor.kilobytesPerSecond,
        peer: peer.kilobytesPerSecond,
      },
    };
  },
};
