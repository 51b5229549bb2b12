import { logProofSchema } from "@attestream/shared/partner-api";
import { verifyLogProof } from "../log/log-proof.ts";
import type { AttestationClaims } from "../vocabulary.ts";
import { Refused, type Refusal } from "./verify-result.ts";

export type LogFindings =
  | { state: "not_given" }
  | { state: "included"; origin: string; index: number; size: number; asOf: Date };

const refusalOf = {
  malformed: "log_proof_malformed",
  checkpoint: "log_checkpoint_invalid",
  inclusion: "not_in_log",
} as const satisfies Record<string, Refusal>;

/** That the JWT is in the issuer's log, by a proof that leads to a checkpoint which the issuer signed. */
export async function checkLog(
  claims: AttestationClaims,
  { jwt, log, jwks }: { jwt: string; log?: unknown; jwks: unknown },
): Promise<LogFindings> {
  if (log === undefined) return { state: "not_given" };
  const origin = `${claims.iss}/log`;
  const result = await verifyLogProof(log, { jwt, jwks, origin });
  if (!result.ok) throw new Refused(refusalOf[result.reason]);
  const { size, issuedAt } = result.checkpoint;
  return { state: "included", origin, index: logProofSchema.parse(log).index, size, asOf: issuedAt };
}
