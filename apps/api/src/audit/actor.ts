import { isIP } from "node:net";

/** Who did something. */
export interface Actor {
  /** "key <prefix>", or "system: <part>". */
  who: string;
  /** The network that the request came from; see networkOf. */
  address: string | null;
  requestId: string | null;
}

/** A part of this program, by itself or as its operator has configured it. */
export function systemActor(part: string): Actor {
  return { who: `system: ${part}`, address: null, requestId: null };
}

/** An address without what tells a single person: its first 24 bits, or 48 of IPv6. Null when it is none. */
export function networkOf(address: string | undefined): string | null {
  const plain = (address ?? "").replace(/^::ffff:(?=\d+\.)/i, "").replace(/%.*$/, "");
  if (isIP(plain) === 4) return `${plain.split(".").slice(0, 3).join(".")}.0/24`;
  if (isIP(plain) !== 6) return null;
  const [head = "", tail] = plain.split("::");
  const groups = head === "" ? [] : head.split(":");
  // What "::" stands for is zeros; the tail reaches into the first three groups only where it is long.
  const rest = tail === undefined || tail === "" ? [] : tail.split(":");
  const width = rest.at(-1)?.includes(".") ? rest.length + 1 : rest.length;
  const zeros = tail === undefined ? 0 : Math.max(0, 8 - groups.length - width);
  const first = [...groups, ...Array<string>(zeros).fill("0"), ...rest]
    .slice(0, 3)
    .map((group) => Number.parseInt(group, 16).toString(16));
  return `${first.join(":")}::/48`;
}
