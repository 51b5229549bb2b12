import type { PublicJwk } from "@attestream/attestation";
import { makeDisclosure, openEnvelope } from "@attestream/attestation/evidence";
import type { ExtractedData } from "@attestream/shared";
import type { AttestedEvidence } from "@attestream/shared/worker-protocol";

/**
 * Whether this is what was asked for: signed by this attestor, about this session and part, and of every field the
 * value that was read here. `foreign`: it speaks of something else; `mismatch`: the values differ.
 */
export async function checkEvidence(
  { envelope, salts }: AttestedEvidence,
  expected: {
    key: PublicJwk;
    session: string;
    part: string;
    mode: "passive" | "replay";
    workflowHash: string;
    /** As the session discloses them. */
    fields: ExtractedData;
  },
): Promise<"good" | "foreign" | "mismatch"> {
  const opened = await openEnvelope(envelope, { keys: [expected.key] }).catch(() => null);
  const predicate = opened?.statement.predicate;
  if (
    predicate?.session !== expected.session ||
    predicate.part !== expected.part ||
    predicate.mode !== expected.mode ||
    predicate.workflow_hash !== expected.workflowHash
  )
    return "foreign";
  const names = Object.keys(expected.fields);
  if (Object.keys(predicate.fields).length !== names.length) return "mismatch";
  for (const name of names) {
    const { digest } = await makeDisclosure(name, expected.fields[name] ?? null, salts[name] ?? "");
    if (digest !== predicate.fields[name]) return "mismatch";
  }
  return "good";
}
