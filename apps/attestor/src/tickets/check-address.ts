import type { AddressGuard, DevHosts } from "@attestream/address-guard";
import { AttestorRefused } from "../attestor-refused.ts";

const httpsPort = 443;

/** A worker has classified the address; it may be wrong, or lie. Development hosts are this attestor's own. Throws AttestorRefused. */
export function checkAddress(
  { host, address, port }: { host: string; address: string; port: number },
  { guard, devHosts }: { guard: AddressGuard; devHosts: DevHosts },
): void {
  const mapped = devHosts.get(host);
  if (mapped?.address === address && mapped.port === port && guard.isDevelopment(address)) return;
  if (!guard.isPublic(address)) throw new AttestorRefused("address_refused");
  if (port !== httpsPort) throw new AttestorRefused("port_refused");
}
