import type { RowGroup } from "../report/bench.ts";
import { median, p95 } from "../statistics/quantile.ts";
import { clickPeer, clickProduct, describeSeries } from "./compared-clicks.ts";
import { clickRaw } from "./raw-floor.ts";

/** A click on a page that is still until then, until the viewer's canvas shows what it did. */
export const inputOnStillPage: RowGroup = {
  title: "input on a still page",
  rows: ["input.p50.ratio", "input.p95.ratio"],
  async measure(run) {
    const floor = await clickRaw(run, "still");
    const product = await clickProduct(run, { page: "still" });
    const peer = await clickPeer(run, "json", { page: "still" });
    const note = `product ${describeSeries(product)}; peer ${describeSeries(peer)}`;
    return {
      "input.p50.ratio": { value: median(product.latencies), floor: median(floor), peer: median(peer.latencies), note },
      "input.p95.ratio": { value: p95(product.latencies), floor: p95(floor), peer: p95(peer.latencies) },
    };
  },
};
