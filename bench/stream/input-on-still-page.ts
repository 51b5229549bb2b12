import type { RowGroup } from "../report/bench.ts";
import { median, p95 } from "../statistics/quantile.ts";
import { runClickSeries, type ClickSeries } from "../viewer/click-series.ts";
import { describeSeries, joinSeries, seriesOf } from "./compared-clicks.ts";
import { openRaw } from "./raw-floor.ts";

/** A machine that others share is faster in one minute than in the next: what is compared takes turns. */
const turns = 3;
const clicked = { page: "still", count: 14 } as const;

/** A click on a page that is still until then, until the viewer's canvas shows what it did. */
export const inputOnStillPage: RowGroup = {
  title: "input on a still page",
  rows: ["input.p50.ratio", "input.p95.ratio"],
  async measure(run) {
    await using raw = await openRaw(run, clicked.page);
    const product = await run.product();
    await using undo = new AsyncDisposableStack();
    const session = await product.open(clicked.page);
    undo.defer(() => session.end());
    const caster = await run.peer();
    await using peerViewer = await caster.open({ page: clicked.page, codec: "json", link: null });
    const floors: number[] = [];
    const products: ClickSeries[] = [];
    const peers: ClickSeries[] = [];
    for (let turn = 1; turn <= (run.quick ? 1 : turns); turn += 1) {
      run.progress(`  turn ${turn}: raw PNG screencast, the product, the peer`);
      floors.push(...(await raw.click(clicked.count)));
      products.push(await runClickSeries(session.viewer, seriesOf(run, clicked)));
      peers.push(await runClickSeries(peerViewer, seriesOf(run, clicked)));
    }
    const ours = joinSeries(products);
    const theirs = joinSeries(peers);
    const note = `product ${describeSeries(ours)}; peer ${describeSeries(theirs)}`;
    return {
      "input.p50.ratio": {
        value: median(ours.latencies),
        floor: median(floors),
        peer: median(theirs.latencies),
        note,
      },
      "input.p95.ratio": { value: p95(ours.latencies), floor: p95(floors), peer: p95(theirs.latencies) },
    };
  },
};
