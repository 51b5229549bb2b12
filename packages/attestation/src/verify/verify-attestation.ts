import { attestationClaimsSchema, attestationType } from "../vocabulary.ts";
import { checkExpectations, checkTimes, type Expectations } from "./check-expectations.ts";
import { openDisclosures } from "./open-disclosures.ts";
import { splitCompact } from "./split-compact.ts";
import { refusals, Refused, type VerifyResult } from "./verify-result.ts";
import { verifySignature } from "./verify-signature.ts";
import { listNotProven, listProven } from "./weigh.ts";

export interface VerifyOptions extends Expectations {
  /** The issuer's JWKS, as parsed JSON. Get it from the issuer, not from whoever hands over the attestation. */
  jwks: unknown;
  now: Date;
}

/**
 * Checks an attestation offline. Takes any input and never throws: what is not a valid attestation is
 * refused with a reason. It opens no connection and reads no clock.
 */
export async function verifyAttestation(compact: unknown, options: VerifyOptions): Promise<VerifyResult> {
  try {
    const { jwt, disclosures } = splitCompact(compact);
    const { kid, payload } = await verifySignature(jwt, options.jwks);
    if (payload["vct"] !== attestationType) throw new Refused("unsupported_type");
    const opened = await openDisclosures(payload, disclosures);
    const parsed = attestationClaimsSchema.safeParse(opened.claims);
    if (!parsed.success) throw new Refused("claims_invalid", `Look at ${parsed.error.issues[0]?.path.join(".")}.`);
    const claims = parsed.data;
    checkTimes(claims, options.now, options.maxAgeMs);
    await checkExpectations(String(compact), claims, options);
    return {
      ok: true,
      claims,
      disclosed: claims.claims,
      withheld: opened.withheld,
      kid,
      proven: listProven(claims, kid, options),
      notProven: listNotProven(claims, opened.withheld, options),
    };
  } catch (error) {
    // Anything that is not a refusal comes from input that broke a parser: for the caller that is the same.
    if (error instanceof Refused) return { ok: false, reason: error.reason, message: error.message };
    return { ok: false, reason: "malformed", message: refusals.malformed };
  }
}
