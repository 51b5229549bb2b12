import { isIP } from "node:net";
import ipaddr from "ipaddr.js";
import { listOwnAddresses } from "./own-addresses.ts";
import type { RefusedCidr } from "./refused-cidrs.ts";

export interface AddressGuard {
  /** An address of the public internet that is neither this machine's own nor refused by the operator. Anything unparsable is not. */
  isPublic(address: string): boolean;
  /** What a host that the operator named for development may lead to besides: this machine and its private networks. */
  isDevelopment(address: string): boolean;
}

type Address = ReturnType<typeof ipaddr.process>;

/** Reachable from inside clouds at a public-looking address (Azure's host agent). */
const refusedThoughPublic: ReadonlySet<string> = new Set(["168.63.129.16"]);

/** All that IANA has given out of IPv6. Outside of it the library calls unknown forms unicast, as ::7f00:1. */
const globalUnicast = ipaddr.IPv6.parseCIDR("2000::/3");

/** Never link-local: the metadata services of clouds live there. */
const developmentRanges: ReadonlySet<string> = new Set(["loopback", "private", "uniqueLocal"]);

export function createAddressGuard(
  options: {
    /** Refused besides, also for development hosts. */
    refused?: readonly RefusedCidr[];
    ownAddresses?: () => ReadonlySet<string>;
  } = {},
): AddressGuard {
  const { refused = [], ownAddresses = listOwnAddresses } = options;
  const isRefused = (address: Address) =>
    refusedThoughPublic.has(address.toString()) ||
    refused.some(([network, bits]) => network.kind() === address.kind() && address.match(network, bits));
  const isOwn = (address: Address) => ownAddresses().has(address.toString());

  return {
    isPublic(text) {
      const address = parse(text);
      return address !== null && isGlobal(address) && !isRefused(address) && !isOwn(address);
    },
    isDevelopment(text) {
      const address = parse(text);
      if (address === null || isRefused(address)) return false;
      return developmentRanges.has(address.range()) || (isGlobal(address) && isOwn(address));
    },
  };
}

/**
 * Strict: neither historic forms (0x7f.1), nor a zone (fe80::1%eth0), which no public address has. A
 * mapped IPv4 address is unwrapped; the URL parser writes IPv6 in hexadecimal first, because the library
 * takes the IPv4-compatible ::8.8.8.8 for a mapped one.
 */
function parse(text: string): Address | null {
  const version = isIP(text);
  if (version === 4) return ipaddr.parse(text);
  const plain = version === 6 ? URL.parse(`http://[${text}]/`)?.hostname.slice(1, -1) : undefined;
  return plain === undefined ? null : ipaddr.process(plain);
}

function isGlobal(address: Address): boolean {
  if (address.range() !== "unicast") return false;
  return address.kind() === "ipv4" || address.match(globalUnicast);
}
