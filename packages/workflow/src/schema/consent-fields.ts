import type { PlatformDefinition } from "./platform.ts";

/** What the end user is told will be shared, in the tree's order: "Account holder", "Last four digits", "Statements (date, balance)". */
export function consentFields(definition: Pick<PlatformDefinition, "collect">, only?: ReadonlySet<string>): string[] {
  const labels = [...labelsOf(definition)].filter(([field]) => only === undefined || only.has(field));
  return labels.map(([, label]) => label);
}

/** What a path into the data is about: `balance.amount` -> "Balance (amount)", `statements.0.date` -> "Statements (1, date)". */
export function consentSubject(definition: Pick<PlatformDefinition, "collect">, path: string): string {
  const [field = "", ...steps] = path.split(".");
  const isTable = definition.collect.some((part) => part.id === field && part.table !== undefined);
  const label = isTable ? toWords(field) : (labelsOf(definition).get(field) ?? toWords(field));
  const inside = steps.map((step) => (/^\d+$/.test(step) ? String(Number(step) + 1) : toWords(step).toLowerCase()));
  return inside.length === 0 ? label : `${label} (${inside.join(", ")})`;
}

/** By top-level field of the data. */
function labelsOf(definition: Pick<PlatformDefinition, "collect">): Map<string, string> {
  return new Map(
    definition.collect.flatMap((part): [string, string][] => {
      const fields = Object.entries(part.read ?? {}).map(([field, rule]): [string, string] => [
        field,
        rule.label ?? toWords(field),
      ]);
      const columns = Object.entries(part.table?.read ?? {}).map(
        ([field, rule]) => rule.label ?? toWords(field).toLowerCase(),
      );
      return columns.length === 0 ? fields : [...fields, [part.id, `${toWords(part.id)} (${columns.join(", ")})`]];
    }),
  );
}

/** `lastFourDigits` -> `Last four digits`; runs of capitals stay (`accountIBAN` -> `Account IBAN`). */
function toWords(field: string): string {
  const words = field
    .replaceAll("_", " ")
    .replace(/([a-z0-9])([A-Z])/g, "$1 $2")
    .replace(/([A-Z]+)([A-Z][a-z])/g, "$1 $2")
    .split(" ")
    .map((word) => (/^[A-Z]{2,}$/.test(word) ? word : word.toLowerCase()))
    .join(" ");
  return words.charAt(0).toUpperCase() + words.slice(1);
}
