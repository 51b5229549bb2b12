import { isAllowedHost } from "../schema/index.ts";
import type { LintSubject } from "./finding.ts";

/** That what is to be proved can be: it comes in a response, and the response comes while somebody watches. */
export function checkProve({ definition, report }: LintSubject): void {
  for (const [index, { from, reveal, hosts }] of (definition.prove ?? []).entries()) {
    const part = definition.collect.find(({ id }) => id === from);
    for (const [at, field] of reveal.entries()) {
      if (part?.read?.[field]?.json === undefined)
        report(
          "prove-source",
          ["prove", index, "reveal", at],
          `${field} is read off the page, where nobody can witness it; read it with json from a captured response, or do not prove it`,
        );
    }
    const own = new URL(definition.loginUrl).hostname;
    const host = /^https:\/\/([^/:*]+)/.exec(part?.capture?.request.url ?? "")?.[1];
    if (host !== undefined && !isAllowedHost(hosts ?? [own], host))
      report(
        "prove-host",
        ["prove", index],
        `${from} comes from ${host}, and connections to ${(hosts ?? [own]).join(", ")} are witnessed; write hosts: [${host}]`,
      );
    if (part !== undefined && part.open === undefined)
      report(
        "prove-open",
        ["prove", index, "from"],
        `${from} has no open: its response may come before the connection is witnessed; say which page to open`,
      );
  }
}
