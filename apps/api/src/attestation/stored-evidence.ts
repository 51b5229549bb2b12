import { dsseEnvelopeSchema, type DsseEnvelope } from "@attestream/shared";
import { z } from "zod";
import type { Sealer } from "../storage/encryption.ts";

const aad = (sessionId: string) => `attestations.evidence_enc:${sessionId}`;
const envelopesSchema = z.array(dsseEnvelopeSchema);

/** Sealed like the attestation: an envelope tells at which server and when, and its digests can be guessed at. */
export function sealEvidence(sealer: Sealer, sessionId: string, envelopes: readonly DsseEnvelope[]): Uint8Array | null {
  return envelopes.length === 0 ? null : sealer.seal(JSON.stringify(envelopes), aad(sessionId));
}

export function openEvidence(
  sealer: Sealer,
  row: { session_id: string; evidence_enc: Uint8Array | null },
): DsseEnvelope[] {
  if (row.evidence_enc === null) return [];
  return envelopesSchema.parse(JSON.parse(sealer.openText(row.evidence_enc, aad(row.session_id))));
}
