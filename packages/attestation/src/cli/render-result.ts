import type { VerifyResult } from "../verify/index.ts";

/** For people. The JSON form is the result itself. */
export function renderResult(result: VerifyResult): string {
  if (!result.ok) return `NOT VALID (${result.reason})\n  ${printable(result.message)}\n`;
  const lines = ["VALID", "", "Disclosed"];
  for (const [name, value] of Object.entries(result.disclosed)) lines.push(`  ${name}: ${JSON.stringify(value)}`);
  if (Object.keys(result.disclosed).length === 0) lines.push("  (no field)");
  lines.push("", "Proven");
  for (const { statement, by } of result.proven) lines.push(`  + ${statement}`, `      by ${by}`);
  lines.push("", "Not proven");
  for (const { statement, why } of result.notProven) lines.push(`  - ${statement}`, `      ${why}`);
  return lines.map(printable).join("\n") + "\n";
}

/** Text of a stranger's must not steer the terminal. */
function printable(text: string): string {
  return text.replaceAll(
    /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu,
    (character) => `\\u{${character.codePointAt(0)?.toString(16)}}`,
  );
}
