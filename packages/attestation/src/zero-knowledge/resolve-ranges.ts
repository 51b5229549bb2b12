import { comparableNumber } from "./encode-message.ts";
import { ZeroKnowledgeRefused } from "./refusals.ts";
import { highestSigned, lowestSigned } from "./scaled-number.ts";
import type { CredentialHeader, Field, Range } from "./vocabulary.ts";

/** A range as the library takes it: signed numbers, both ends included. */
export interface ResolvedRange {
  /** Of the field's message. */
  index: number;
  min: number;
  max: number;
}

/** The field and the index of its message; the header is message 0. Throws ZeroKnowledgeRefused. */
export function findField(header: CredentialHeader, name: string): { field: Field; index: number } {
  const at = header.fields.findIndex((field) => field.name === name);
  const field = header.fields[at];
  if (field === undefined) throw new ZeroKnowledgeRefused("field_unknown", `Look at ${JSON.stringify(name)}.`);
  return { field, index: at + 1 };
}

/** Throws ZeroKnowledgeRefused where a range can be of none of the header's fields. */
export function resolveRanges(header: CredentialHeader, ranges: readonly Range[]): ResolvedRange[] {
  return ranges.map(({ field: name, min, max }) => {
    const { field, index } = findField(header, name);
    const resolved = {
      index,
      min: min === undefined ? lowestSigned : boundOf(field, min),
      max: max === undefined ? highestSigned : boundOf(field, max),
    };
    if (resolved.min > resolved.max)
      throw new ZeroKnowledgeRefused("bound_invalid", `The range of ${name} is empty: its least is above its most.`);
    return resolved;
  });
}

export function boundOf(field: Field, bound: string): number {
  if (field.kind === "text") throw new ZeroKnowledgeRefused("field_not_comparable", `Look at ${field.name}.`);
  const number = comparableNumber(field, bound);
  if (number === null) throw new ZeroKnowledgeRefused("bound_invalid", `${field.name} takes ${expected(field)}.`);
  return number;
}

function expected(field: Exclude<Field, { kind: "text" }>): string {
  return field.kind === "date" ? "dates like 2026-03-24" : `numbers with at most ${field.decimals} decimals`;
}
