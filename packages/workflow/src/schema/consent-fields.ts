import type { PlatformDefinition } from "./platform.ts";

/** What the end user is told will be shared, in the tree's order: "Account holder", "Last four digits", "Statements (date, balance)". */
export function consentFields(definition: PlatformDefinition): string[] {
  return definition.collect.flatMap((part) => {
    const fields = Object.entries(part.read ?? {}).map(([field, rule]) => rule.label ?? toWords(field));
    const columns = Object.entries(part.table?.read ?? {}).map(
      ([field, rule]) => rule.label ?? toWords(field).toLowerCase(),
    );
    return columns.length === 0 ? fields : [...fields, `${toWords(part.id)} (${columns.join(", ")})`];
  });
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
