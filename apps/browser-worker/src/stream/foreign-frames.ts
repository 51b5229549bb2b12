import { setTimeout as sleep } from "node:timers/promises";
import type { Frame, Page } from "playwright";
import { HintSource, type HintSourceEvents } from "./hint-source.ts";

/** A page may have any number of frames; a login has few. */
const mostSources = 24;
/** A frame that is on its way into another process cannot be asked for a moment. */
const retries = 10;
const retryMs = 100;

/** Plants the hint script in frames of other sites that have a process of their own, as they come. */
export function watchForeignFrames(page: Page, main: HintSource, events: HintSourceEvents): void {
  const sources = new Map<Frame, Promise<HintSource | null>>();
  const navigations = new WeakMap<Frame, number>();

  const parentOf = async (frame: Frame): Promise<HintSource> => {
    for (let at = frame.parentFrame(); at !== null; at = at.parentFrame()) {
      const source = await sources.get(at);
      if (source) return source;
    }
    return main;
  };
  const plant = async (frame: Frame): Promise<HintSource | null> => {
    let seen: number | undefined;
    for (let attempt = 0; seen !== navigations.get(frame) || attempt < retries; attempt += 1) {
      if (seen !== navigations.get(frame)) attempt = 0;
      seen = navigations.get(frame);
      if (frame.isDetached() || page.isClosed()) break;
      try {
        const client = await page.context().newCDPSession(frame);
        client.on("close", () => sources.delete(frame));
        return await HintSource.plant(client, await parentOf(frame), events);
      } catch (error) {
        // A frame that shares the process of the one around it: that one's session sees it, unless it moves.
        if (isShared(error)) attempt = retries;
        else await sleep(retryMs);
      }
    }
    sources.delete(frame);
    return null;
  };
  const look = (frame: Frame) => {
    navigations.set(frame, (navigations.get(frame) ?? 0) + 1);
    if (frame === page.mainFrame() || sources.has(frame) || sources.size >= mostSources) return;
    sources.set(frame, plant(frame));
  };
  page.on("framenavigated", look);
  page.on("framedetached", (frame) => sources.delete(frame));
  for (const frame of page.frames()) look(frame);
}

/** Playwright's words for a frame without a process of its own. */
function isShared(error: unknown): boolean {
  return error instanceof Error && error.message.includes("separate CDP session");
}
