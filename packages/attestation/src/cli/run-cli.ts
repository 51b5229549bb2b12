import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { parseArgs } from "node:util";
import { verifyAttestation } from "../verify/index.ts";
import { InputError, parseJson, parseProof, readTextFile } from "./read-input.ts";
import { renderResult } from "./render-result.ts";

export const usage = `attestream verify PROOF [options]

Checks an attestation offline. PROOF is a file: the answer of
GET /partner/browser-session/:id/attestation, or the bare attestation.

  --jwks FILE       the issuer's keys (default: jwks.json beside PROOF)
  --issuer URL      refuse an attestation by anybody else
  --audience ID     refuse an attestation for another partner
  --nonce TEXT      refuse an attestation with another nonce
  --session ID      refuse an attestation about another session
  --platform NAME   refuse an attestation about another platform
  --json            print the result as JSON
  --help            print this

Nothing is fetched. Get both files from the issuer first:
  curl -H "x-api-key: $KEY" $ISSUER/partner/browser-session/$ID/attestation > proof.json
  curl $ISSUER/.well-known/jwks.json > jwks.json

Exit code: 0 valid, 1 not valid, 2 could not be checked.
`;

export interface CliOutcome {
  exitCode: 0 | 1 | 2;
  stdout: string;
  stderr: string;
}

export async function runCli(args: string[], now: Date): Promise<CliOutcome> {
  try {
    const { values, positionals } = parseCommand(args);
    if (values.help === true) return { exitCode: 0, stdout: usage, stderr: "" };
    const [command, proofPath, ...more] = positionals;
    if (command !== "verify" || proofPath === undefined || more.length > 0)
      throw new InputError(`Write: attestream verify PROOF\n\n${usage}`);

    const proof = parseProof(await readTextFile(proofPath, "The proof file"));
    const result = await verifyAttestation(proof.attestation, {
      jwks: await readKeySet(values.jwks, proofPath),
      now,
      ...(values.issuer === undefined ? {} : { issuer: values.issuer }),
      ...(values.audience === undefined ? {} : { audience: values.audience }),
      ...(values.nonce === undefined ? {} : { nonce: values.nonce }),
      ...(values.session === undefined && proof.sessionId === undefined
        ? {}
        : { sessionId: values.session ?? proof.sessionId ?? "" }),
      ...(values.platform === undefined ? {} : { platform: { name: values.platform } }),
      ...(proof.proofHash === undefined ? {} : { proofHash: proof.proofHash }),
    });
    const stdout = values.json === true ? `${JSON.stringify(result, null, 2)}\n` : renderResult(result);
    return { exitCode: result.ok ? 0 : 1, stdout, stderr: "" };
  } catch (error) {
    if (error instanceof InputError) return { exitCode: 2, stdout: "", stderr: `${error.message}\n` };
    throw error;
  }
}

function parseCommand(args: string[]) {
  try {
    return parseArgs({
      args,
      allowPositionals: true,
      options: {
        jwks: { type: "string" },
        issuer: { type: "string" },
        audience: { type: "string" },
        nonce: { type: "string" },
        session: { type: "string" },
        platform: { type: "string" },
        json: { type: "boolean" },
        help: { type: "boolean", short: "h" },
      },
    });
  } catch (error) {
    throw new InputError(`${error instanceof Error ? error.message : String(error)}\n\n${usage}`);
  }
}

/** A key set inside the proof is not used: it would only show that the proof agrees with itself. */
async function readKeySet(given: string | undefined, proofPath: string): Promise<unknown> {
  const path = given ?? join(dirname(proofPath), "jwks.json");
  if (given === undefined && !existsSync(path)) {
    throw new InputError(
      `The issuer's keys are missing: ${path} is not there. Save them with\n  curl $ISSUER/.well-known/jwks.json > jwks.json\nor name their file with --jwks.`,
    );
  }
  return parseJson(await readTextFile(path, "The key set"), `The key set ${path}`);
}
