import { EvidenceRefused } from "../evidence/index.ts";
import { attestationClaimsSchema, attestationType } from "../vocabulary.ts";
import { checkEvidence, type EvidenceFindings, type EvidenceOptions } from "./check-evidence.ts";
import { checkExpectations, checkTimes, requireEvidence, type Expectations } from "./check-expectations.ts";
import { checkLog } from "./check-log.ts";
import { checkStatus } from "./check-status.ts";
import { listNotProven } from "./list-not-proven.ts";
import { listProven } from "./list-proven.ts";
import { openDisclosures } from "./open-disclosures.ts";
import { splitCompact } from "./split-compact.ts";
import { refusals, Refused, type VerifyResult, type Witness } from "./verify-result.ts";
import { verifySignature } from "./verify-signature.ts";

export interface VerifyOptions extends Expectations, EvidenceOptions {
  /** The issuer's JWKS, as parsed JSON. Get it from the issuer, not from whoever hands over the attestation. */
  jwks: unknown;
  now: Date;
  /** The log proof that came with the attestation, as parsed JSON. */
  log?: unknown;
  /** The status list that the attestation names: a compact `statuslist+jwt`. The fresher, the better. */
  statusList?: unknown;
}

/**
 * Checks an attestation offline. Takes any input and never throws: what is not a valid attestation is
 * refused with a reason. It opens no connection and reads no clock. What is not given is not checked, and is
 * listed as not proven.
 */
export async function verifyAttestation(compact: unknown, options: VerifyOptions): Promise<VerifyResult> {
  try {
    return await check(compact, options);
  } catch (error) {
    if (error instanceof Refused) return { ok: false, reason: error.reason, message: error.message };
    if (error instanceof EvidenceRefused) return { ok: false, reason: error.code, message: error.message };
    // Anything that is not a refusal comes from input that broke a parser: for the caller that is the same.
    return { ok: false, reason: "malformed", message: refusals.malformed };
  }
}

async function check(compact: unknown, options: VerifyOptions): Promise<VerifyResult> {
  const { jwt, disclosures } = splitCompact(compact);
  const { kid, point, payload } = await verifySignature(jwt, options.jwks);
  if (payload["vct"] !== attestationType) throw new Refused("unsupported_type");
  const opened = await openDisclosures(payload, disclosures);
  const parsed = attestationClaimsSchema.safeParse(opened.claims);
  if (!parsed.success) throw new Refused("claims_invalid", `Look at ${parsed.error.issues[0]?.path.join(".")}.`);
  const claims = parsed.data;
  checkTimes(claims, options.now, options.maxAgeMs);
  await checkExpectations(String(compact), claims, options);
  // Made side by side, because signatures are checked in other threads. What is refused is told in this order.
  const checks = {
    evidence: checkEvidence({ ...opened, claims, issuerPoint: point }, options),
    log: checkLog(claims, { jwt, log: options.log, jwks: options.jwks }),
    status: checkStatus(claims, options),
  };
  await Promise.allSettled(Object.values(checks));
  const evidence = await checks.evidence;
  const witnessed = listWitnessed(evidence, claims.claims);
  requireEvidence(claims, evidence, witnessed, options);
  const log = await checks.log;
  const status = await checks.status;
  const { withheld } = opened;
  const findings = { claims, kid, withheld, evidence, witnessed, log, status, expected: options };
  return {
    ok: true,
    claims,
    disclosed: claims.claims,
    withheld,
    witnessed,
    kid,
    proven: listProven(findings),
    notProven: listNotProven(findings),
  };
}

function listWitnessed(evidence: EvidenceFindings, disclosed: Record<string, unknown>): Record<string, Witness> {
  if (evidence.state !== "checked") return {};
  return Object.fromEntries(
    evidence.pieces.flatMap(({ claim: { mode, part, kid, server_name: serverName, fields } }) =>
      fields
        .filter((name) => Object.hasOwn(disclosed, name))
        .map((name) => [name, { mode, serverName, kid, part }] as const),
    ),
  );
}
