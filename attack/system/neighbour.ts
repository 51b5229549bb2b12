import type { BareViewer } from "@attestream/bench/bare-viewer";
import type { SitePage } from "../site/site-page.ts";
import type { Victim } from "./victim.ts";

/** Something moves on it all the time, twenty times a second, so that its viewer gets pictures all the time. */
export const livelyPage: SitePage = {
  html: () => `<!doctype html><meta charset="utf-8"><title>Lively</title><style>
    #box { position: fixed; left: 40px; top: 40px; width: 240px; height: 160px; background: #25c }</style><h1>Lively</h1><div id="box"></div>
    <script>let turn = 0; setInterval(() => (box.style.left = 40 + (turn++ % 60) * 8 + "px"), 50);</script>`,
};

/** Somebody else's session, who must not notice anything. */
export interface Neighbour extends AsyncDisposable {
  sessionId: string;
  viewer: BareViewer;
  /** Pictures per second from now on, until the work is done. */
  rateDuring(work: () => Promise<void>): Promise<number>;
}

export async function openNeighbour(victim: Victim): Promise<Neighbour> {
  const { sessionId, viewer } = await victim.open("lively");
  return {
    sessionId,
    viewer,
    async rateDuring(work) {
      const before = viewer.pictures;
      const startedAt = performance.now();
      await work();
      return (viewer.pictures - before) / ((performance.now() - startedAt) / 1000);
    },
    async [Symbol.asyncDispose]() {
      viewer.close();
      await victim.end(sessionId);
    },
  };
}

/** Its pictures keep moving while somebody touches the page; without that the product saves them. */
export async function watchFor(neighbour: Neighbour, ms: number): Promise<void> {
  const until = performance.now() + ms;
  while (performance.now() < until) {
    neighbour.viewer.click(600, 500);
    await pause(Math.min(400, Math.max(1, until - performance.now())));
  }
}

export const pause = (ms: number) => new Promise<void>((resolve) => void setTimeout(resolve, ms));
