import { setTimeout as wait } from "node:timers/promises";

/** As the timer of node, but rejecting with the signal's own reason, and keeping no process alive. */
export async function waitFor(ms: number, signal: AbortSignal): Promise<void> {
  try {
    await wait(ms, undefined, { signal, ref: false });
  } catch (error) {
    throw signal.aborted ? signal.reason : error;
  }
}
