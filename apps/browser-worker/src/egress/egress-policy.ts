import { readHost } from "@attestream/address-guard";

export type EgressDecision =
  | { kind: "refused"; reason: "no policy" | "ip literal" | "port" | "not allowed" | "malformed" }
  /** Resolve the name and check every answer. */
  | { kind: "resolve"; host: string; port: number }
  /** A development host: dial exactly this. */
  | { kind: "dial"; host: string; address: string; port: number };

export interface EgressPolicy {
  decide(host: string, port: number): EgressDecision;
}

export const denyAll: EgressPolicy = { decide: () => ({ kind: "refused", reason: "no policy" }) };

const webPorts = new Set([80, 443]);

/**
 * What a session's browser may reach: the names in its platform's `allow` list, exact or `*.suffix`
 * (subdomains only, not the apex), on the web's ports. Addresses are never named by number. Looks at
 * names only; that the answer of a name is a public address is checked when it is dialled.
 */
export function createEgressPolicy(options: {
  allow: readonly string[];
  devHosts: ReadonlyMap<string, { address: string; port: number }>;
}): EgressPolicy {
  const exact = new Set<string>();
  const suffixes: string[] = [];
  for (const entry of options.allow) {
    const name = normalise(entry);
    if (name.startsWith("*.")) suffixes.push(name.slice(1));
    else exact.add(name);
  }
  const isAllowed = (host: string) =>
    exact.has(host) || suffixes.some((suffix) => host.length > suffix.length && host.endsWith(suffix));

  return {
    decide(rawHost, port) {
      const read = readHost(rawHost);
      if (read.kind === "address") return { kind: "refused", reason: "ip literal" };
      if (read.kind === "malformed") return { kind: "refused", reason: "malformed" };
      const host = read.name;
      if (!isAllowed(host)) return { kind: "refused", reason: "not allowed" };
      const mapped = options.devHosts.get(host);
      if (mapped && (webPorts.has(port) || port === mapped.port)) return { kind: "dial", host, ...mapped };
      if (!webPorts.has(port)) return { kind: "refused", reason: "port" };
      return { kind: "resolve", host, port };
    },
  };
}

function normalise(name: string): string {
  return name.trim().toLowerCase().replace(/\.$/, "");
}
