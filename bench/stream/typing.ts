import type { RowGroup } from "../report/bench.ts";
import { keysPerSecond, focusTextBox, typeSteadily } from "../viewer/type-steadily.ts";
import type { Viewer } from "../viewer/viewer.ts";

const seconds = 10;

/** What typing costs on the line. */
export const typing: RowGroup = {
  title: "typing, 8 keys per second",
  rows: ["typing.kbps"],
  async measure(run) {
    const keys = run.quick ? 4 : seconds * keysPerSecond;
    const product = await run.product();
    run.progress("  the product, typing");
    const session = await product.open("typing");
    const value = await kilobytesWhileTyping(session.viewer, keys).finally(session.end);
    run.progress("  the peer, typing");
    await using viewer = await (await run.peer()).open({ page: "typing", codec: "json", link: null });
    return { "typing.kbps": { value, peer: await kilobytesWhileTyping(viewer, keys) } };
  },
};

async function kilobytesWhileTyping(viewer: Viewer, keys: number): Promise<number> {
  await focusTextBox(viewer);
  await typeSteadily(viewer, 2);
  const before = await viewer.received();
  await typeSteadily(viewer, keys);
  const after = await viewer.received();
  if (after.pictures === before.pictures) throw new Error("nothing that was typed has been shown");
  return (after.bytes - before.bytes) / (after.at - before.at);
}
