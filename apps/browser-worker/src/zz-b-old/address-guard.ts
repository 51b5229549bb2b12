import { networkInterfaces } from "node:os";
import ipaddr from "ipaddr.js";

/** Reachable from inside clouds at a public-looking address (Azure's host agent). */
const refusedThoughPublic = new Set(["168.63.129.16"]);

/** True only for an address of the public internet that is not this machine's own. Anything unparsable is refused. */
export function isPublicAddress(address: string, ownAddresses: ReadonlySet<string> = listOwnAddresses()): boolean {
  const bare = address.split("%")[0] ?? "";
  // Strict dotted-quad only: ipaddr.js would also read 0x7f.1 and other historic forms.
  if (!ipaddr.IPv4.isValidFourPartDecimal(bare) && !ipaddr.IPv6.isValid(bare)) return false;
  const parsed = ipaddr.process(bare);
  const text = parsed.toString();
  return parsed.range() === "unicast" && !refusedThoughPublic.has(text) && !ownAddresses.has(text);
}

/** Read at every use: addresses come and go while a worker runs. */
export function listOwnAddresses(): ReadonlySet<string> {
  const own = new Set<string>();
  for (const addresses of Object.values(networkInterfaces())) {
    for (const { address } of addresses ?? []) own.add(ipaddr.process(address.split("%")[0] ?? address).toString());
  }
  return own;
}
