import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { deflateSync } from "node:zlib";
import { signCheckpoint } from "../log/checkpoint.ts";
import { encodeHash, logEntryOf } from "../log/log-proof.ts";
import { proveInclusion, rootOf } from "../log/log-tree.ts";
import type { AttestationInput } from "../issue/create-issuer.ts";
import type { SigningKey } from "../issue/signing-key.ts";
import type { VerifyOptions } from "../verify/index.ts";
import { growLog } from "./memory-log.ts";
import { createAttestor, sampleWorkflow, witnessSample, type EvidenceChange } from "./sample-evidence.ts";
import { issueSample, sampleInput, sampleNow, signPayload, splitAttestation } from "./sample.ts";

export const statusUri = "https://verify.example.com/status-lists/1";
export const logOrigin = "https://verify.example.com/log";

export async function signStatusList(
  key: SigningKey,
  change: Record<string, unknown> = {},
  bytes: Uint8Array = new Uint8Array(8),
  typ = "statuslist+jwt",
  at: Date = sampleNow,
): Promise<string> {
  const status_list = { bits: 1, lst: deflateSync(bytes).toString("base64url") };
  const iat = Math.floor(at.getTime() / 1000) + 60;
  const { status_list: other, ...rest } = change;
  const payload = {
    iss: "https://verify.example.com",
    sub: statusUri,
    iat,
    exp: iat + 3600,
    status_list: other ?? status_list,
    ...rest,
  };
  return signPayload(payload, key, { typ });
}

/** A log of seven attestations, with the proof that the fourth is in it. */
export async function logSample(jwt: string, key: SigningKey, origin = logOrigin, issuedAt: Date = sampleNow) {
  const entries = ["a", "b", "c", jwt, "d", "e", "f"].map(logEntryOf);
  const { store, head } = growLog(entries);
  const checkpoint = await signCheckpoint({ origin, size: 7, root: rootOf(head), issuedAt }, key);
  return { id: origin, index: 3, size: 7, inclusion: (await proveInclusion(store, 3, 7)).map(encodeHash), checkpoint };
}

/** An attestation with passive evidence, in a log and in a status list; with all that is needed to check it. */
export async function proveSample(
  change: Partial<AttestationInput> = {},
  evidenceChange: EvidenceChange = {},
  at: Date = sampleNow,
) {
  const { key: attestor, attestors } = await createAttestor();
  const witnessed = await witnessSample(attestor, { at, ...evidenceChange });
  const input = { workflow: sampleWorkflow, evidence: [witnessed], status: { idx: 12, uri: statusUri }, ...change };
  const issued = await issueSample(input, at);
  const { jwt } = splitAttestation(issued.attestation);
  const options: VerifyOptions = {
    jwks: issued.jwks,
    now: new Date(at.getTime() + 120_000),
    attestors,
    evidence: [witnessed.envelope],
    log: await logSample(jwt, issued.signingKey, logOrigin, at),
    statusList: await signStatusList(issued.signingKey, {}, undefined, undefined, at),
  };
  return { attestation: issued.attestation, jwt, signingKey: issued.signingKey, attestor, witnessed, options };
}

/** The same as the files of docs/proof.md, in a folder. */
export async function writeProof(
  folder: string,
  { attestation, options }: Pick<Awaited<ReturnType<typeof proveSample>>, "attestation" | "options">,
): Promise<void> {
  const { evidence, log } = options;
  const data = { sessionId: sampleInput.sessionId, format: "dc+sd-jwt", attestation, evidence, log };
  const files = {
    "proof.json": JSON.stringify({ status: "success", data }),
    "jwks.json": JSON.stringify(options.jwks),
    "attestors.json": JSON.stringify(options.attestors),
    "status.jwt": `${String(options.statusList)}\n`,
  };
  for (const [name, text] of Object.entries(files)) await writeFile(join(folder, name), text);
}
