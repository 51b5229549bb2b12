import { setTimeout as sleep } from "node:timers/promises";
import type { Product } from "../system/product.ts";

const lookEveryMs = 25;

/**
 * Milliseconds from a session's claim of a slot until its browser is READY, by the session's own log. Null when that
 * has not come within `patienceMs`.
 */
export async function claimToReady(product: Product, sessionId: string, patienceMs: number): Promise<number | null> {
  for (const giveUpAt = performance.now() + patienceMs; ;) {
    const { events } = await product.client.sessionEvents(sessionId);
    const at = (type: string) => events.find((event) => event.type === type)?.at;
    const [claimed, ready] = [at("session.dispatched"), at("browser.started")];
    if (claimed !== undefined && ready !== undefined) return Date.parse(ready) - Date.parse(claimed);
    if (performance.now() > giveUpAt) return null;
    // The partner API allows 120 requests a minute.
    await sleep(lookEveryMs * 20);
  }
}
