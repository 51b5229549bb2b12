import { writeFile } from "node:fs/promises";
import { parseArgs } from "node:util";
import { InputError, parseJson, readTextFile } from "../../cli/read-input.ts";
import type { CliOutcome } from "../../cli/cli-outcome.ts";
import { derivePresentation } from "../derive-presentation.ts";
import { parsePredicate } from "../parse-predicate.ts";
import { ZeroKnowledgeRefused } from "../refusals.ts";

export const proveUsage = `attestream prove CREDENTIAL [options]

Makes a proof from a credential, offline and without the issuer. CREDENTIAL is a
file: the answer of GET /partner/browser-session/:id/credential, or its credential.

  --predicate TEXT  what to prove, again and again if you like:
                      'balance.amount >= 1500'   'balance.amount <= 9000'
                      'memberSince in 2015-01-01..2024-12-31'
                      'balance.currency == EUR'  (shows the field)
  --reveal FIELD    show a field as it is
  --challenge TEXT  the verifier's nonce, so that the proof answers nobody else
  --keys FILE       the issuer's BBS keys: check the credential first
  --out FILE        write the proof there (default: print it)
  --list            print the credential's fields, not their values
  --help            print this

Exit code: 0 made, 1 cannot be proven, 2 the command cannot be carried out.
`;

/** `attestream prove`. Throws InputError for a command that cannot be carried out. */
export async function runProve(args: string[]): Promise<CliOutcome> {
  try {
    const { values, positionals } = parse(args);
    if (values.help === true) return { exitCode: 0, stdout: proveUsage, stderr: "" };
    const [path, ...more] = positionals;
    if (path === undefined || more.length > 0)
      throw new InputError(`Write: attestream prove CREDENTIAL\n\n${proveUsage}`);
    const credential = credentialIn(parseJson(await readTextFile(path, "The credential file"), "The credential file"));
    if (values.list === true) return { exitCode: 0, stdout: listFields(credential), stderr: "" };
    const proof = await derivePresentation(credential, {
      predicates: (values.predicate ?? []).map(parsePredicate),
      reveal: values.reveal ?? [],
      ...(values.challenge === undefined ? {} : { challenge: values.challenge }),
      ...(values.keys === undefined
        ? {}
        : { keys: parseJson(await readTextFile(values.keys, "The key set"), "The key set") }),
    });
    const text = `${JSON.stringify(proof)}\n`;
    if (values.out === undefined) return { exitCode: 0, stdout: text, stderr: "" };
    await writeFile(values.out, text).catch((error: unknown) => {
      throw new InputError(`${values.out} could not be written (${error instanceof Error ? error.message : "?"}).`);
    });
    return { exitCode: 0, stdout: "", stderr: "" };
  } catch (error) {
    if (error instanceof ZeroKnowledgeRefused) {
      const isCommand = error.code === "predicate_malformed" || error.code === "nothing_asked";
      return { exitCode: isCommand ? 2 : 1, stdout: "", stderr: `${error.message} (${error.code})\n` };
    }
    throw error;
  }
}

/** The answer of the API, its `data`, or the credential alone. */
function credentialIn(json: unknown): unknown {
  for (const name of ["data", "credential"]) {
    if (json !== null && typeof json === "object" && name in json) json = (json as Record<string, unknown>)[name];
  }
  return json;
}

function listFields(credential: unknown): string {
  const fields = (credential as { header?: { fields?: { name: string; kind: string }[] } }).header?.fields ?? [];
  return fields.map(({ name, kind }) => `${JSON.stringify(name)}: ${kind}\n`).join("");
}

function parse(args: string[]) {
  try {
    return parseArgs({
      args,
      allowPositionals: true,
      options: {
        predicate: { type: "string", multiple: true },
        reveal: { type: "string", multiple: true },
        challenge: { type: "string" },
        keys: { type: "string" },
        out: { type: "string" },
        list: { type: "boolean" },
        help: { type: "boolean", short: "h" },
      },
    });
  } catch (error) {
    throw new InputError(`${error instanceof Error ? error.message : String(error)}\n\n${proveUsage}`);
  }
}
