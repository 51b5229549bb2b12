import { isIP } from "node:net";

export type Host =
  /** In lower case, without the final dot. */
  | { kind: "name"; name: string }
  /** In any spelling that a URL parser or a resolver takes for an address. */
  | { kind: "address"; text: string }
  | { kind: "malformed" };

/** What the host of a URL, of a CONNECT request or of a list is. */
export function readHost(text: string): Host {
  const host = text.trim().toLowerCase().replace(/\.$/, "");
  const bare = host.replace(/^\[(.*)\]$/, "$1");
  if (isIP(bare) !== 0) return { kind: "address", text: bare };
  if (endsInNumber(host)) return { kind: "address", text: host };
  if (host.length > 253 || !/^[a-z0-9_-]{1,63}(\.[a-z0-9_-]{1,63})*$/.test(host)) return { kind: "malformed" };
  return { kind: "name", name: host };
}

/** 2130706433, 0x7f.1, 017700000001: what becomes an IPv4 address ends in a number, and no top-level domain does. */
function endsInNumber(host: string): boolean {
  return /^(0x[0-9a-f]*|\d+)$/.test(host.split(".").at(-1) ?? "");
}
