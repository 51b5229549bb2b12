import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { parseArgs } from "node:util";
import { verifyAttestation, type Proof, type VerifyOptions } from "../verify/index.ts";
import { isPresentation, runVerifyPresentation } from "../zero-knowledge/cli/run-verify-presentation.ts";
import type { CliOutcome } from "./cli-outcome.ts";
import { InputError, parseJson, readProof, readTextFile } from "./read-input.ts";
import { renderResult } from "./render-result.ts";

export const verifyUsage = `attestream verify PROOF [options]

Checks a proof offline. PROOF is a file: the answer of
GET /partner/browser-session/:id/attestation, the bare attestation, or a proof
made by attestream prove.

Whose word is trusted (files beside PROOF are found by these names):
  --jwks FILE        the issuer's keys (default: jwks.json)
  --attestors FILE   keys of the attestors you trust (default: attestors.json)
  --status FILE      the issuer's status list (default: status.jwt)
  --bbs-keys FILE    the issuer's keys of predicate proofs (default: bbs-keys.json)

What is expected; anything else is refused:
  --issuer URL       the issuer
  --audience ID      the partner it was issued for
  --nonce TEXT       the nonce
  --session ID       the session
  --platform NAME    the platform
  --server HOST      a server that evidence may be about; can be repeated
  --require MODE     passive or replay: no weaker evidence will do
  --witnessed FIELD  a field that checked evidence must cover; can be repeated
  --challenge TEXT   your nonce, in a predicate proof
  --require TEXT     'balance.amount >= 1500', of a predicate proof; can be repeated

  --json             print the result as JSON
  --help             print this

Nothing is fetched. Get the files first:
  curl -H "x-api-key: $KEY" $ISSUER/partner/browser-session/$ID/attestation > proof.json
  curl $ISSUER/.well-known/jwks.json > jwks.json
  curl $ATTESTOR/.well-known/jwks.json > attestors.json
  curl $(jq -r .data.status.uri proof.json) > status.jwt

Exit code: 0 valid, 1 not valid, 2 could not be checked.
`;

type Values = ReturnType<typeof parseCommand>["values"];

/** `attestream verify`. Throws InputError for a command that cannot be carried out. */
export async function runVerify(args: string[], now: Date): Promise<CliOutcome> {
  const { values, positionals } = parseCommand(args);
  if (values.help === true) return { exitCode: 0, stdout: verifyUsage, stderr: "" };
  const [path, ...more] = positionals;
  if (path === undefined || more.length > 0) throw new InputError(`Write: attestream verify PROOF\n\n${verifyUsage}`);
  const text = await readTextFile(path, "The proof file");
  if (isPresentation(text)) return runVerifyPresentation(text, path, values, now);
  const proof = readProof(text);
  const result = await verifyAttestation(proof.attestation, {
    ...(await readTrust(values, path)),
    ...expectations(values, proof),
    ...(proof.evidence === undefined ? {} : { evidence: proof.evidence }),
    ...(proof.log === undefined ? {} : { log: proof.log }),
    now,
  });
  const stdout = values.json === true ? `${JSON.stringify(result, null, 2)}\n` : renderResult(result);
  return { exitCode: result.ok ? 0 : 1, stdout, stderr: "" };
}

function parseCommand(args: string[]) {
  try {
    return parseArgs({
      args,
      allowPositionals: true,
      options: {
        jwks: { type: "string" },
        attestors: { type: "string" },
        "bbs-keys": { type: "string" },
        status: { type: "string" },
        issuer: { type: "string" },
        audience: { type: "string" },
        nonce: { type: "string" },
        challenge: { type: "string" },
        session: { type: "string" },
        platform: { type: "string" },
        server: { type: "string", multiple: true },
        require: { type: "string", multiple: true },
        witnessed: { type: "string", multiple: true },
        json: { type: "boolean" },
        help: { type: "boolean", short: "h" },
      },
    });
  } catch (error) {
    throw new InputError(`${error instanceof Error ? error.message : String(error)}\n\n${verifyUsage}`);
  }
}

/** Keys inside the proof are not used: they would only show that the proof agrees with itself. */
async function readTrust(
  values: Values,
  proofPath: string,
): Promise<Pick<VerifyOptions, "jwks" | "attestors" | "statusList">> {
  const find = (given: string | undefined, name: string) => {
    const path = given ?? join(dirname(proofPath), name);
    return given !== undefined || existsSync(path) ? path : undefined;
  };
  const jwksPath = find(values.jwks, "jwks.json");
  if (jwksPath === undefined) {
    throw new InputError(
      `The issuer's keys are missing: there is no jwks.json beside ${proofPath}. Save them with\n  curl $ISSUER/.well-known/jwks.json > jwks.json\nor name their file with --jwks.`,
    );
  }
  const attestorsPath = find(values.attestors, "attestors.json");
  const statusPath = find(values.status, "status.jwt");
  return {
    jwks: parseJson(await readTextFile(jwksPath, "The key set"), `The key set ${jwksPath}`),
    ...(attestorsPath === undefined
      ? {}
      : {
          attestors: parseJson(
            await readTextFile(attestorsPath, "The attestors' key set"),
            `The attestors' key set ${attestorsPath}`,
          ),
        }),
    ...(statusPath === undefined ? {} : { statusList: (await readTextFile(statusPath, "The status list")).trim() }),
  };
}

function expectations(values: Values, proof: Proof): Partial<VerifyOptions> {
  const { issuer, audience, nonce, platform, server: servers, witnessed } = values;
  const sessionId = values.session ?? proof.sessionId;
  const required = readRequired(values.require);
  const all = {
    issuer,
    audience,
    nonce,
    sessionId,
    platform: platform === undefined ? undefined : { name: platform },
    servers,
    witnessed,
    require: required,
    proofHash: proof.proofHash,
  };
  return Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined));
}

function readRequired(given: string[] = []): "passive" | "replay" | undefined {
  const unknown = given.find((mode) => mode !== "passive" && mode !== "replay");
  if (unknown !== undefined) throw new InputError(`--require ${unknown}: write passive or replay.`);
  if (given.length === 0) return undefined;
  return given.includes("replay") ? "replay" : "passive";
}
