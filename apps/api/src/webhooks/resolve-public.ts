import ipaddr from "ipaddr.js";

/** All addresses of a name, as the system's resolver gives them. Rejects when there is none. */
export type Resolve = (hostname: string) => Promise<string[]>;

export type Resolution = { ok: true; addresses: string[] } | { ok: false; reason: "dns_failed" | "address_refused" };

/** What a name from WEBHOOK_DEV_HOSTS may lead to besides public addresses. Never link-local: the metadata services of clouds live there. */
const devRanges: ReadonlySet<string> = new Set(["loopback", "private", "uniqueLocal"]);
const globalUnicast = ipaddr.parseCIDR("2000::/3");

/**
 * The addresses that may be connected to. Every address of the name must be public: one that is not
 * refuses them all, since a name that mixes both is not an accident. The caller connects to one of
 * these and does not resolve again, so a name that changes its mind in between gains nothing.
 */
export async function resolvePublic(
  hostname: string,
  options: { isDevHost: boolean; resolve: Resolve },
): Promise<Resolution> {
  const literal = hostname.replace(/^\[(.*)\]$/, "$1");
  const addresses = ipaddr.isValid(literal) ? [literal] : await options.resolve(literal).catch(() => []);
  if (addresses.length === 0) return { ok: false, reason: "dns_failed" };
  const allowed = addresses.every((address) => isPublic(address) || (options.isDevHost && isDevAddress(address)));
  return allowed ? { ok: true, addresses } : { ok: false, reason: "address_refused" };
}

export function isPublic(address: string): boolean {
  if (!ipaddr.isValid(address)) return false;
  const parsed = ipaddr.process(address);
  if (parsed.range() !== "unicast") return false;
  // Outside 2000::/3 nothing is given out; there the library calls unknown forms unicast, as ::7f00:1.
  return parsed.kind() === "ipv4" || parsed.match(globalUnicast);
}

function isDevAddress(address: string): boolean {
  return ipaddr.isValid(address) && devRanges.has(ipaddr.process(address).range());
}
