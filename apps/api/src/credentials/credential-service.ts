import {
  credentialSchema,
  issueCredential,
  ZeroKnowledgeRefused,
  type Credential,
} from "@attestream/attestation/zero-knowledge";
import { AppError } from "@attestream/shared";
import type { ExtractionResult } from "@attestream/shared/worker-protocol";
import type { Kysely } from "kysely";
import type { Sealer } from "../storage/encryption.ts";
import type { Database, SessionRow } from "../storage/schema.ts";
import type { BbsKeys } from "./bbs-keys.ts";

export interface CredentialService {
  /** The credential of a session that has an attestation: made now, or before. Throws AppError where there can be none. */
  of(session: SessionRow): Promise<{ credential: Credential; issuer: string }>;
}

const aad = (sessionId: string) => `credentials.credential_enc:${sessionId}`;

/**
 * Credentials are made when they are first asked for, from what the session has read, and kept: the module that signs
 * them is large, and most sessions never want one. What they say is what the attestation says.
 */
export function createCredentialService(deps: {
  db: Kysely<Database>;
  sealer: Sealer;
  keys: BbsKeys;
  /** PUBLIC_URL without a slash at the end; becomes `iss`. */
  issuer: string;
  platform: (session: SessionRow) => Promise<{ name: string }>;
  readExtraction: (session: SessionRow) => ExtractionResult | null;
}): CredentialService {
  const { db, sealer, keys, issuer } = deps;

  async function kept(sessionId: string): Promise<Credential | null> {
    const row = await db
      .selectFrom("credentials")
      .select("credential_enc")
      .where("session_id", "=", sessionId)
      .executeTakeFirst();
    return row ? credentialSchema.parse(JSON.parse(sealer.openText(row.credential_enc, aad(sessionId)))) : null;
  }

  /** Of the session's attestation; null where there is none, or it counts no more. */
  async function attestationOf(sessionId: string): Promise<{ proof_hash: string; issued_at: Date } | null> {
    const row = await db
      .selectFrom("attestations")
      .leftJoin("attestation_statuses", "attestation_statuses.session_id", "attestations.session_id")
      .select(["attestations.proof_hash", "attestations.issued_at", "attestation_statuses.revoked_at"])
      .where("attestations.session_id", "=", sessionId)
      .executeTakeFirst();
    if (row && row.revoked_at !== null) throw absent("its attestation was revoked.");
    return row ?? null;
  }

  async function make(session: SessionRow): Promise<Credential> {
    const attestation = await attestationOf(session.id);
    const extraction = deps.readExtraction(session);
    if (!attestation || !extraction) throw absent("it has no attestation.");
    const input = {
      audience: session.partner_id,
      sessionId: session.id,
      platform: { id: session.platform_id, name: (await deps.platform(session)).name },
      ...(session.nonce === null ? {} : { nonce: session.nonce }),
      workflow: extraction.workflow,
      result: extraction.failedParts.length === 0 ? "complete" : "partial",
      attestationHash: attestation.proof_hash,
      claims: extraction.extractedData,
    } as const;
    // It speaks of the same moment, so that it says nothing about when it was fetched.
    return issueCredential(input, { issuer, key: await keys.active(), now: () => attestation.issued_at });
  }

  return {
    async of(session) {
      if (!session.wants_credential) throw absent("it was created without credential: true.");
      const before = await kept(session.id);
      if (before) {
        await attestationOf(session.id);
        return { credential: before, issuer: before.header.iss };
      }
      const made = await make(session).catch((error: unknown) => {
        if (error instanceof ZeroKnowledgeRefused) throw absent(error.message);
        throw error;
      });
      const keptOne = await keep(session.id, made);
      return { credential: keptOne, issuer: keptOne.header.iss };
    },
  };

  /** The first that was made stays. Under the session's lock, so that nothing is kept of one whose data is being erased. */
  async function keep(sessionId: string, made: Credential): Promise<Credential> {
    await db.transaction().execute(async (trx) => {
      const session = await trx
        .selectFrom("sessions")
        .select("data_erased_at")
        .where("id", "=", sessionId)
        .forUpdate()
        .executeTakeFirst();
      if (!session || session.data_erased_at !== null) throw absent("its data was erased.");
      await trx
        .insertInto("credentials")
        .values({
          session_id: sessionId,
          credential_enc: sealer.seal(JSON.stringify(made), aad(sessionId)),
          kid: made.header.kid,
          issued_at: new Date(made.header.iat * 1000),
        })
        .onConflict((conflict) => conflict.column("session_id").doNothing())
        .execute();
    });
    return (await kept(sessionId)) ?? made;
  }
}

function absent(why: string): AppError {
  return new AppError("credential_absent", { message: `This session has no credential: ${why}` });
}
