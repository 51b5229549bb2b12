import type { AttestationMode, VerifyResult } from "../verify/index.ts";

const width = 100;

const modes: Record<AttestationMode, string> = {
  signed: "the issuer's word, for what follows or a part of it",
  passive: "an attestor witnessed the servers' responses",
  replay: "an attestor witnessed the servers' responses and what was asked",
};

/** For people. The JSON form is the result itself. */
export function renderResult(result: VerifyResult): string {
  if (!result.ok) return `NOT VALID (${result.reason})\n${wrap(result.message, "  ")}\n`;
  const lines = ["VALID", `  mode ${result.claims.mode}: ${modes[result.claims.mode]}`, "", "Disclosed"];
  for (const [name, value] of Object.entries(result.disclosed)) {
    const witness = result.witnessed[name];
    const source =
      witness === undefined ? "the issuer's word" : `from ${witness.serverName} (${witness.mode}, attestor checked)`;
    lines.push(`  ${printable(`${name}: ${JSON.stringify(value)}`)}`, `      ${printable(source)}`);
  }
  if (Object.keys(result.disclosed).length === 0) lines.push("  (no field)");
  lines.push("", "Proven");
  for (const { statement, by } of result.proven)
    lines.push(wrap(statement, "    ", "  + "), wrap(`by ${by}`, "      "));
  lines.push("", "Not proven");
  for (const { statement, why } of result.notProven) lines.push(wrap(statement, "    ", "  - "), wrap(why, "      "));
  return lines.join("\n") + "\n";
}

/** Breaks between words only, so that what is longer than a line can still be copied whole. */
function wrap(text: string, indent: string, firstIndent = indent): string {
  const lines = [firstIndent];
  for (const word of printable(text).split(" ")) {
    const line = lines.at(-1) ?? "";
    const isStart = line === indent || line === firstIndent;
    if (!isStart && line.length + 1 + word.length > width) lines.push(indent + word);
    else lines[lines.length - 1] = isStart ? line + word : `${line} ${word}`;
  }
  return lines.join("\n");
}

/** Text of a stranger's must not steer the terminal. */
export function printable(text: string): string {
  return text.replaceAll(
    /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu,
    (character) => `\\u{${character.codePointAt(0)?.toString(16)}}`,
  );
}
