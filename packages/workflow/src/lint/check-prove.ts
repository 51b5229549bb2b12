import type { LintSubject } from "./finding.ts";

/** That what is to be proved can be: it comes in a response, and the response comes while somebody watches. */
export function checkProve({ definition, report }: LintSubject): void {
  for (const [index, { from, reveal }] of (definition.prove ?? []).entries()) {
    const part = definition.collect.find(({ id }) => id === from);
    for (const [at, field] of reveal.entries()) {
      if (part?.read?.[field]?.json === undefined)
        report(
          "prove-source",
          ["prove", index, "reveal", at],
          `${field} is read off the page, where nobody can witness it; read it with json from a captured response, or do not prove it`,
        );
    }
    if (part !== undefined && part.open === undefined)
      report(
        "prove-open",
        ["prove", index, "from"],
        `${from} has no open: its response may come before the connection is witnessed; say which page to open`,
      );
  }
}
