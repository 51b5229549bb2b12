import { Resolver } from "node:dns/promises";
import type { Resolve } from "./resolve-public.ts";

const tries = 2;
/** How long the other family is waited for when one has answered. */
const otherFamilyMs = 500;

/**
 * Asks the name servers of this machine (/etc/resolv.conf, read at each question) directly. The system's own
 * way, getaddrinfo, holds one of the process's few threads while it waits: whoever can have names asked whose
 * servers are slow would stop the file and crypto work of everybody. It also reads /etc/hosts and tries search
 * domains, which name what is inside. IPv4 and IPv6 in turn, so that a network that has one of them reaches it
 * within the addresses that are tried.
 */
export function createResolve(options: { servers?: readonly string[]; timeoutMs?: number } = {}): Resolve {
  const { servers, timeoutMs = 2_500 } = options;
  return async (host) => {
    const resolver = new Resolver({ timeout: timeoutMs, tries });
    if (servers) resolver.setServers(servers);
    const none = (): string[] => [];
    const six = resolver.resolve6(host).catch(none);
    const fours = await resolver.resolve4(host).catch(none);
    // What is cancelled answers with none.
    const timer = fours.length > 0 ? setTimeout(() => resolver.cancel(), otherFamilyMs) : undefined;
    const sixes = await six;
    clearTimeout(timer);
    return Array.from({ length: Math.max(fours.length, sixes.length) }, (_, index) => [fours[index], sixes[index]])
      .flat()
      .filter((address) => address !== undefined);
  };
}
