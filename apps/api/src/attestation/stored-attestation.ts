import type { Kysely } from "kysely";
import type { Sealer } from "../storage/encryption.ts";
import type { Database } from "../storage/schema.ts";

const aad = (sessionId: string) => `attestations.attestation_enc:${sessionId}`;

/** As the table keeps it: whoever reads the database must not read the data. */
export function sealAttestation(sealer: Sealer, sessionId: string, attestation: string): Uint8Array {
  return sealer.seal(attestation, aad(sessionId));
}

export function openAttestation(
  sealer: Sealer,
  row: { session_id: string; attestation: string | null; attestation_enc: Uint8Array | null },
): string {
  if (row.attestation_enc !== null) return sealer.openText(row.attestation_enc, aad(row.session_id));
  if (row.attestation === null) throw new Error("An attestation's row holds none");
  return row.attestation;
}

/** Seals what an earlier release wrote in plain. Several processes may do so at once. */
export async function sealPlainAttestations(deps: { db: Kysely<Database>; sealer: Sealer }): Promise<void> {
  const { db, sealer } = deps;
  for (;;) {
    const rows = await db
      .selectFrom("attestations")
      .select(["session_id", "attestation"])
      .where("attestation", "is not", null)
      .limit(100)
      .execute();
    if (rows.length === 0) return;
    for (const { session_id: sessionId, attestation } of rows) {
      if (attestation === null) continue;
      await db
        .updateTable("attestations")
        .set({ attestation: null, attestation_enc: sealAttestation(sealer, sessionId, attestation) })
        .where("session_id", "=", sessionId)
        .where("attestation", "is not", null)
        .execute();
    }
  }
}
