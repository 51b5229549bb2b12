import type { Socket } from "node:net";
import { askGateway } from "../egress/ask-gateway.ts";
import { dialThrough, type UpstreamProxy } from "../egress/upstream-proxy.ts";

/** A connection to the machine of an attestor, before TLS. */
export type ReachAttestor = (url: URL) => Promise<Socket>;

/** Through the gateway, for a worker that has no other way out. Undefined: as anybody connects. */
export function reachAttestor(address: string, gateway: UpstreamProxy | undefined): ReachAttestor | undefined {
  // A name without a dot is of the worker's own network, and so is this machine: the gateway leads elsewhere.
  if (gateway === undefined || !address.startsWith("https:") || !new URL(address).hostname.includes("."))
    return undefined;
  const resolve = askGateway(gateway);
  const dial = dialThrough(gateway);
  return async ({ hostname, port }) => {
    const [first = ""] = await resolve(hostname);
    return dial(first, Number(port || 443));
  };
}
