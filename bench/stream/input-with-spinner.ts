import type { RowGroup } from "../report/bench.ts";
import { p95 } from "../statistics/quantile.ts";
import { clickPeer, clickProduct, describeSeries } from "./compared-clicks.ts";
import { clickRaw } from "./raw-floor.ts";

/** Clicks while a CSS spinner turns; the clicks make it an attended page, captured as fast as it goes. */
export const inputWithSpinner: RowGroup = {
  title: "input with a spinner",
  rows: ["input.spinner.p95.ratio", "spinner.kbps"],
  async measure(run) {
    const floor = await clickRaw(run, "spinner");
    const product = await clickProduct(run, { page: "spinner" });
    const peer = await clickPeer(run, "json", { page: "spinner" });
    const note = `product ${describeSeries(product)}; peer ${describeSeries(peer)}`;
    return {
      "input.spinner.p95.ratio": {
        value: p95(product.latencies),
        floor: p95(floor),
        peer: peer.latencies.length > 0 ? p95(peer.latencies) : null,
        note,
      },
      "spinner.kbps": { value: product.kilobytesPerSecond, peer: peer.kilobytesPerSecond },
    };
  },
};
