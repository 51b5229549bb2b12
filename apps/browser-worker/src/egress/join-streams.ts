import type { Socket } from "node:net";
import type { Duplex } from "node:stream";
import type { EgressMeter } from "./egress-limits.ts";

/**
 * Lets bytes go both ways until both have ended, one breaks, nothing goes any more, or the session's share is
 * spent. What one end has sent before it hung up reaches the other.
 */
export function joinStreams(client: Socket, site: Duplex, meter: EgressMeter, onSpent: () => void): void {
  const destroy = () => {
    client.destroy();
    site.destroy();
  };
  const spent = () => {
    onSpent();
    destroy();
  };
  client.setTimeout(meter.limits.idleMs, destroy);
  client.on("close", () => site.destroy());
  site.on("close", () => {
    // After an end the client still gets what is on its way; it hangs up by itself or by the idle time.
    if (!site.readableEnded) client.destroy();
  });
  client.pipe(meter.pass("up", spent)).pipe(site);
  site.pipe(meter.pass("down", spent)).pipe(client);
}
