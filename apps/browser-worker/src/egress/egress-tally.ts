import type { EgressReport } from "@attestream/shared/worker-protocol";

type EgressRefusal = EgressReport["refusals"][number];

/** A page could ask for ever new names. */
const mostHosts = 1_000;
const mostReported = 50;

/**
 * What was refused to one session, by host and reason. The host is all that is kept of a request: its
 * path and query may hold what is the user's.
 */
export class EgressTally {
  readonly #byHost = new Map<string, EgressRefusal>();
  readonly #blocked = new Set<string>();
  #refused = 0;

  /** Refused by the policy, not only for a limit: asked again it will be refused again. */
  get blockedHosts(): ReadonlySet<string> {
    return this.#blocked;
  }

  /** All refusals, also those whose host was one too many. */
  get refused(): number {
    return this.#refused;
  }

  /** Most often refused first. */
  get refusals(): EgressRefusal[] {
    return [...this.#byHost.values()].sort((a, b) => b.count - a.count).slice(0, mostReported);
  }

  /** True for the first of its kind. */
  add(rawHost: string, reason: string, isLimit: boolean): boolean {
    this.#refused += 1;
    const host = rawHost.slice(0, 253).toLowerCase();
    const key = `${reason} ${host}`;
    const known = this.#byHost.get(key);
    if (known) known.count += 1;
    if (known || this.#byHost.size >= mostHosts) return false;
    this.#byHost.set(key, { host, reason, count: 1 });
    if (!isLimit) this.#blocked.add(host);
    return true;
  }
}
