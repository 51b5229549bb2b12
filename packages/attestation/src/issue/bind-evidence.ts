import { bindSession, hashDisclosure, hashEnvelope, makeDisclosure, readUnverified } from "../evidence/index.ts";
import type { EvidenceStatement } from "../evidence/index.ts";
import type { EvidenceClaim } from "../vocabulary.ts";
import type { AttestationInput } from "./create-issuer.ts";

/** The evidence is about something else than what is to be attested. The message names fields and hashes, never values. */
export class EvidenceMismatchError extends Error {
  constructor(message: string) {
    super(message);
    this.name = "EvidenceMismatchError";
  }
}

export interface BoundEvidence {
  claims: EvidenceClaim[];
  /** Field name -> the attestor's salt: with it the issuer's digest is the attestor's. */
  salts: Map<string, string>;
}

/** At least 128 bits, in base64url. */
const saltPattern = /^[A-Za-z0-9_-]{22,86}$/;

/**
 * Holds every piece of evidence against what is to be attested, and throws EvidenceMismatchError if one does not
 * fit. The attestors' signatures are not looked at: whom to trust is the verifier's choice.
 */
export async function bindEvidence(input: AttestationInput): Promise<BoundEvidence> {
  const claims: EvidenceClaim[] = [];
  const salts = new Map<string, string>();
  const session = await bindSession(input.sessionId, input.nonce);
  const disclosure = await hashDisclosure(input.disclosure);
  for (const { envelope, salts: given } of input.evidence ?? []) {
    const { statement, kid } = readUnverified(envelope);
    const { predicate } = statement;
    const about = `The evidence for part ${predicate.part}`;
    if (predicate.session !== session)
      throw new EvidenceMismatchError(`${about} is bound to another session or another nonce`);
    if (predicate.workflow_hash !== input.workflow.hash)
      throw new EvidenceMismatchError(`${about} was read with another workflow`);
    if (predicate.disclosure_hash !== disclosure)
      throw new EvidenceMismatchError(`${about} was made for another disclosure`);
    await checkFields(predicate, given, input);
    for (const name of Object.keys(predicate.fields)) {
      const salt = given[name] ?? "";
      // The credential has one digest for a field, so it can be that of one attestor only.
      if ((salts.get(name) ?? salt) !== salt)
        throw new EvidenceMismatchError(`Two pieces of evidence have the field ${name} with different salts`);
      salts.set(name, salt);
    }
    claims.push({
      mode: predicate.mode,
      part: predicate.part,
      server_name: predicate.server_name,
      kid,
      envelope_sha256: await hashEnvelope(envelope),
      fields: Object.keys(predicate.fields),
      observed_at: predicate.observed_at,
    });
  }
  return { claims, salts };
}

async function checkFields(
  { part, fields }: EvidenceStatement["predicate"],
  salts: Record<string, string>,
  { claims }: AttestationInput,
): Promise<void> {
  for (const [name, digest] of Object.entries(fields)) {
    const [value, salt] = [claims[name], salts[name]];
    if (value === undefined || !Object.hasOwn(claims, name))
      throw new EvidenceMismatchError(`The evidence for part ${part} has the field ${name}, which was not extracted`);
    if (salt === undefined || !saltPattern.test(salt))
      throw new EvidenceMismatchError(`The evidence for part ${part} came without a usable salt for ${name}`);
    if ((await makeDisclosure(name, value, salt)).digest !== digest)
      throw new EvidenceMismatchError(`The attestor read another value for ${name} than was extracted`);
  }
}
