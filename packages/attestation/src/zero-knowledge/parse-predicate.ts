import { ZeroKnowledgeRefused } from "./refusals.ts";
import type { Predicate } from "./vocabulary.ts";

const comparison = /^\s*(\S+)\s*(>=|<=|==)\s*(.+?)\s*$/;
const range = /^\s*(\S+)\s+in\s+(\S+?)\.\.(\S+)\s*$/;

/** `balance.amount >= 1500`, `since in 2020-01-01..2024-12-31`, `currency == "EUR"`. Throws ZeroKnowledgeRefused. */
export function parsePredicate(text: string): Predicate {
  const [, ranged, min, max] = range.exec(text) ?? [];
  if (ranged !== undefined && min !== undefined && max !== undefined)
    return { field: ranged, is: "in range", min, max };
  const [, field, is, written] = comparison.exec(text) ?? [];
  if (field === undefined || written === undefined) throw new ZeroKnowledgeRefused("predicate_malformed");
  if (is === "==") return { field, is, value: literal(written) };
  if (is === ">=" || is === "<=") return { field, is, value: written };
  throw new ZeroKnowledgeRefused("predicate_malformed");
}

/** In quotes a text is taken as it is; without, `true` and `false` are no texts. */
function literal(written: string): string | boolean {
  if (written === "true" || written === "false") return written === "true";
  const [, double, single] = /^(?:"(.*)"|'(.*)')$/s.exec(written) ?? [];
  return double ?? single ?? written;
}
