import type { RowGroup } from "../report/bench.ts";
import { median, p95 } from "../statistics/quantile.ts";
import { clickPeer, clickProduct, describeSeries, joinSeries } from "./compared-clicks.ts";
import { clickRaw } from "./raw-floor.ts";
import type { ClickSeries } from "../viewer/click-series.ts";

/** A machine that others share is faster in one minute than in the next: what is compared takes turns. */
const turns = 3;
const clicksPerTurn = 14;

/** A click on a page that is still until then, until the viewer's canvas shows what it did. */
export const inputOnStillPage: RowGroup = {
  title: "input on a still page",
  rows: ["input.p50.ratio", "input.p95.ratio"],
  async measure(run) {
    const floors: number[] = [];
    const products: ClickSeries[] = [];
    const peers: ClickSeries[] = [];
    for (let turn = 0; turn < (run.quick ? 1 : turns); turn += 1) {
      floors.push(...(await clickRaw(run, "still", clicksPerTurn)));
      products.push(await clickProduct(run, { page: "still", count: clicksPerTurn }));
      peers.push(await clickPeer(run, "json", { page: "still", count: clicksPerTurn }));
    }
    const product = joinSeries(products);
    const peer = joinSeries(peers);
    const note = `product ${describeSeries(product)}; peer ${describeSeries(peer)}`;
    return {
      "input.p50.ratio": {
        value: median(product.latencies),
        floor: median(floors),
        peer: median(peer.latencies),
        note,
      },
      "input.p95.ratio": { value: p95(product.latencies), floor: p95(floors), peer: p95(peer.latencies) },
    };
  },
};
