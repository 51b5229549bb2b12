import { networkInterfaces } from "node:os";
import ipaddr from "ipaddr.js";

/** The addresses of this machine, in normal form. Read at every use: they come and go while a program runs. */
export function listOwnAddresses(): ReadonlySet<string> {
  const own = new Set<string>();
  for (const addresses of Object.values(networkInterfaces())) {
    for (const { address } of addresses ?? []) own.add(ipaddr.process(address.split("%")[0] ?? address).toString());
  }
  return own;
}
