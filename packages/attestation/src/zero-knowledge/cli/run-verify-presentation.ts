import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { InputError, parseJson, readTextFile } from "../../cli/read-input.ts";
import type { CliOutcome } from "../../cli/cli-outcome.ts";
import { printable } from "../../cli/render-result.ts";
import { parsePredicate } from "../parse-predicate.ts";
import { ZeroKnowledgeRefused } from "../refusals.ts";
import { verifyPresentation, type PresentationResult } from "../verify-presentation.ts";

export interface VerifyPresentationValues {
  "bbs-keys"?: string | undefined;
  issuer?: string | undefined;
  audience?: string | undefined;
  nonce?: string | undefined;
  session?: string | undefined;
  platform?: string | undefined;
  challenge?: string | undefined;
  require?: string[] | undefined;
  json?: boolean | undefined;
}

/** Whether the text of a proof file is of this kind; without reading further, because the file may be anything. */
export function isPresentation(text: string): boolean {
  return /^\s*\{\s*"type"\s*:\s*"urn:attestream:predicate-proof:/.test(text);
}

/** `attestream verify` for a predicate proof. Throws InputError for a command that cannot be carried out. */
export async function runVerifyPresentation(
  text: string,
  proofPath: string,
  values: VerifyPresentationValues,
  now: Date,
): Promise<CliOutcome> {
  const { issuer, audience, nonce, session: sessionId, platform, challenge } = values;
  const expected = Object.entries({ issuer, audience, nonce, sessionId, challenge });
  const result = await verifyPresentation(parseJson(text, "The proof"), {
    keys: await readKeys(values["bbs-keys"], proofPath),
    now,
    ...Object.fromEntries(expected.filter(([, value]) => value !== undefined)),
    ...(platform === undefined ? {} : { platform: { name: platform } }),
    require: (values.require ?? []).map(readRequired),
  });
  const stdout = values.json === true ? `${JSON.stringify(result, null, 2)}\n` : render(result);
  return { exitCode: result.ok ? 0 : 1, stdout, stderr: "" };
}

function readRequired(text: string) {
  try {
    return parsePredicate(text);
  } catch (error) {
    if (error instanceof ZeroKnowledgeRefused) throw new InputError(error.message);
    throw error;
  }
}

async function readKeys(given: string | undefined, proofPath: string): Promise<unknown> {
  const path = given ?? join(dirname(proofPath), "bbs-keys.json");
  if (given === undefined && !existsSync(path)) {
    throw new InputError(
      `The issuer's BBS keys are missing: ${path} is not there. Save them with\n  curl $ISSUER/.well-known/bbs-keys.json > bbs-keys.json\nor name their file with --bbs-keys.`,
    );
  }
  return parseJson(await readTextFile(path, "The key set"), `The key set ${path}`);
}

function render(result: PresentationResult): string {
  if (!result.ok) return `NOT VALID (${result.reason})\n  ${printable(result.message)}\n`;
  const lines = ["VALID", "", "Revealed"];
  for (const [name, value] of Object.entries(result.revealed)) lines.push(`  ${name}: ${JSON.stringify(value)}`);
  if (Object.keys(result.revealed).length === 0) lines.push("  (no field)");
  lines.push("", "Proven");
  for (const { statement, by } of result.proven) lines.push(`  + ${statement}`, `      by ${by}`);
  lines.push("", "Not proven");
  for (const { statement, why } of result.notProven) lines.push(`  - ${statement}`, `      ${why}`);
  return lines.map(printable).join("\n") + "\n";
}
