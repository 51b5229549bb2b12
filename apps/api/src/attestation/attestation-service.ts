import type { Kysely, Selectable } from "kysely";
import type { AttestationMode } from "@attestream/attestation";
import { logEntryOf } from "@attestream/attestation/log";
import type { DsseEnvelope, ErrorCode } from "@attestream/shared";
import type { Log } from "../http/log.ts";
import type { AttestationLog } from "../log/attestation-log.ts";
import type { SessionService } from "../sessions/session-service.ts";
import { isDatabaseOutage } from "../storage/database-outage.ts";
import type { Sealer } from "../storage/encryption.ts";
import type { AttestationsTable, Database } from "../storage/schema.ts";
import { createAttest, type AttestDependencies } from "./attest-session.ts";
import { AttestationFailure, failureOf } from "./attestation-failure.ts";
import { openAttestation, sealAttestation } from "./stored-attestation.ts";
import { openEvidence, sealEvidence } from "./stored-evidence.ts";

export interface AttestationServiceDependencies extends AttestDependencies {
  db: Kysely<Database>;
  sealer: Sealer;
  sessions: Pick<SessionService, "get" | "apply">;
  /** Of all attestations, append-only. */
  attestationLog: Pick<AttestationLog, "append">;
  log: Log;
  onIssued?: (mode: AttestationMode) => void;
  onFailed?: (code: ErrorCode) => void;
  /** Default 30 s. */
  timeoutMs?: number;
}

export interface AttestationService {
  /**
   * The effect `attestation.issue`: moves a session in VERIFYING on, one way or the other. Idempotent.
   * Rejects only when the database is away; the session then waits for `resume` or its deadline.
   */
  issue(sessionId: string): Promise<void>;
  /** At boot: sessions that an earlier process left in VERIFYING. */
  resume(): Promise<void>;
  get(sessionId: string): Promise<
    | (Pick<Selectable<AttestationsTable>, "proof_hash" | "issuer" | "issued_at" | "mode"> & {
        attestation: string;
        evidence: DsseEnvelope[];
      })
    | null
  >;
}

export function createAttestationService(deps: AttestationServiceDependencies): AttestationService {
  const { db, sessions, issuer, now, log, timeoutMs = 30_000 } = deps;
  const attest = createAttest(deps);

  async function issue(sessionId: string): Promise<void> {
    const session = await sessions.get(sessionId);
    if (session?.status !== "VERIFYING") return;
    const startedAt = now();
    let mustBeProved = false;
    try {
      const issued = await within(
        attest(session, (platform) => ({ mustBeProved } = platform)),
        timeoutMs,
      );
      const { outcome } = await sessions.apply(
        session.id,
        { type: "attestation.issued" },
        {
          set: { has_attestation: true },
          within: async (trx) => {
            await trx
              .insertInto("attestations")
              .values({
                session_id: session.id,
                attestation: null,
                attestation_enc: sealAttestation(deps.sealer, session.id, issued.attestation),
                proof_hash: issued.proofHash,
                kid: issued.kid,
                issuer,
                issued_at: issued.issuedAt,
                mode: issued.mode,
                evidence_enc: sealEvidence(deps.sealer, session.id, issued.envelopes),
              })
              .execute();
            await deps.attestationLog.append(trx, session.id, logEntryOf(jwtOf(issued.attestation)));
          },
        },
      );
      if (outcome === "moved") deps.onIssued?.(issued.mode);
      log.info(
        {
          op: "attestation.issue",
          ok: true,
          outcome,
          durationMs: elapsed(startedAt),
          sessionId,
          partnerId: session.partner_id,
        },
        "attestation issued",
      );
    } catch (error) {
      if (isDatabaseOutage(error)) throw error;
      const { code, message: reason } = failureOf(error);
      deps.onFailed?.(code);
      log.error(
        {
          op: "attestation.issue",
          ok: false,
          durationMs: elapsed(startedAt),
          sessionId,
          partnerId: session.partner_id,
          errorCode: code,
          reason,
        },
        "attestation failed",
      );
      // Where the tree wants proof, data alone is no partial result.
      const type = mustBeProved ? "session.failed" : "attestation.failed";
      await sessions.apply(session.id, { type, code });
    }
  }

  function elapsed(since: Date): number {
    return now().getTime() - since.getTime();
  }

  return {
    issue,
    async resume() {
      const waiting = await db
        .selectFrom("sessions")
        .select("id")
        .where("status", "=", "VERIFYING")
        .orderBy("created_at")
        .execute();
      for (const { id } of waiting) await issue(id);
    },
    async get(sessionId) {
      const row = await db
        .selectFrom("attestations")
        .selectAll()
        .where("session_id", "=", sessionId)
        .executeTakeFirst();
      return row
        ? { ...row, attestation: openAttestation(deps.sealer, row), evidence: openEvidence(deps.sealer, row) }
        : null;
    },
  };
}

async function within<T>(work: Promise<T>, timeoutMs: number): Promise<T> {
  const { promise, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(() => reject(new AttestationFailure("ATTESTATION_TIMEOUT", "It took too long")), timeoutMs);
  try {
    return await Promise.race([work, promise]);
  } finally {
    clearTimeout(timer);
  }
}

/** What the issuer signed, without the disclosures. */
function jwtOf(attestation: string): string {
  return attestation.split("~", 1)[0] ?? "";
}
