import { sha256 } from "@noble/hashes/sha2.js";
import { logProofSchema } from "@attestream/shared/partner-api";
import { openCheckpoint, type Checkpoint } from "./checkpoint.ts";
import { verifyInclusion } from "./verify-path.ts";

export type LogProofResult =
  | { ok: true; checkpoint: Checkpoint & { kid: string } }
  | { ok: false; reason: "malformed" | "checkpoint" | "inclusion" };

/** The log's entry for an attestation: SHA-256 of what the issuer signed, before the first tilde, so that withheld fields change nothing. */
export function logEntryOf(jwt: string): Uint8Array {
  return sha256(new TextEncoder().encode(jwt));
}

/**
 * That an attestation is in its issuer's log, offline. `malformed`: not a proof. `checkpoint`: not
 * signed by the issuer, or of another log or size. `inclusion`: the path does not lead from this
 * attestation to the signed root.
 */
export async function verifyLogProof(
  proof: unknown,
  { jwt, jwks, origin }: { jwt: string; jwks: unknown; origin?: string },
): Promise<LogProofResult> {
  const parsed = logProofSchema.safeParse(proof);
  if (!parsed.success) return { ok: false, reason: "malformed" };
  const { id, index, size, inclusion } = parsed.data;
  const checkpoint = await openCheckpoint(parsed.data.checkpoint, jwks);
  const isOfThisLog = checkpoint?.origin === id && (origin === undefined || origin === id);
  if (checkpoint === null || !isOfThisLog || checkpoint.size !== size) return { ok: false, reason: "checkpoint" };
  const path = inclusion.map(decodeHash);
  const isIncluded = verifyInclusion({ entry: logEntryOf(jwt), index, size, path, root: checkpoint.root });
  return isIncluded ? { ok: true, checkpoint } : { ok: false, reason: "inclusion" };
}

export function encodeHash(hash: Uint8Array): string {
  return btoa(String.fromCharCode(...hash));
}

function decodeHash(text: string): Uint8Array {
  return Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
}
