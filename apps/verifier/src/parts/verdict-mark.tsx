import type { Outcome } from "../check/outcome.ts";

const marks: Record<Exclude<Outcome["state"], "empty">, string> = {
  checking: "M24 12v12l8 5",
  valid: "M14 25l7 7 14-16",
  invalid: "M16 16l16 16M32 16L16 32",
  unchecked: "M18 19a6 6 0 1 1 8.6 5.4c-1.8.9-2.6 2-2.6 3.9M24 34v.2",
};

/** A sign beside the word, never in place of it. */
export function VerdictMark({ kind }: { kind: Exclude<Outcome["state"], "empty"> }) {
  return (
    <svg class="mark" viewBox="0 0 48 48" aria-hidden="true">
      <circle cx="24" cy="24" r="22" />
      <path d={marks[kind]} />
    </svg>
  );
}
