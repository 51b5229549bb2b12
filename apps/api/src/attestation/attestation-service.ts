import { isDeepStrictEqual } from "node:util";
import type { Kysely, Selectable } from "kysely";
import {
  createIssuer,
  verifyAttestation,
  type AttestationInput,
  type IssuedAttestation,
} from "@attestream/attestation";
import type { ErrorCode, Json } from "@attestream/shared";
import type { ExtractionResult } from "@attestream/shared/worker-protocol";
import type { Log } from "../http/log.ts";
import type { SessionService } from "../sessions/session-service.ts";
import { isDatabaseOutage } from "../storage/database-outage.ts";
import type { Sealer } from "../storage/encryption.ts";
import type { AttestationsTable, Database, SessionRow } from "../storage/schema.ts";
import type { SigningKeys } from "./signing-keys.ts";
import { openAttestation, sealAttestation } from "./stored-attestation.ts";

export interface AttestationServiceDependencies {
  db: Kysely<Database>;
  sealer: Sealer;
  sessions: Pick<SessionService, "get" | "apply">;
  keys: SigningKeys;
  /** PUBLIC_URL without a slash at the end; becomes `iss`. */
  issuer: string;
  /** Name of the session's platform. */
  platformName: (session: SessionRow) => Promise<string>;
  readExtraction: (session: SessionRow) => ExtractionResult | null;
  readReceiverData: (session: SessionRow) => Record<string, Json> | null;
  now: () => Date;
  newId: () => string;
  log: Log;
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
  get(
    sessionId: string,
  ): Promise<
    (Pick<Selectable<AttestationsTable>, "proof_hash" | "issuer" | "issued_at"> & { attestation: string }) | null
  >;
}

/** Why no attestation came about, as the session's error code. */
class AttestationFailure extends Error {
  readonly code: Extract<ErrorCode, "ATTESTATION_FAILED" | "ATTESTATION_TIMEOUT" | "ATTESTATION_MISMATCH">;

  constructor(code: AttestationFailure["code"], why: string) {
    super(why);
    this.code = code;
  }
}

export function createAttestationService(deps: AttestationServiceDependencies): AttestationService {
  const { db, sessions, keys, issuer, now, log, timeoutMs = 30_000 } = deps;

  async function describe(session: SessionRow): Promise<AttestationInput> {
    const extraction = deps.readExtraction(session);
    if (!extraction) throw new AttestationFailure("ATTESTATION_FAILED", "The session has no extracted data");
    const receiverData = deps.readReceiverData(session);
    return {
      audience: session.partner_id,
      sessionId: session.id,
      platform: { id: session.platform_id, name: await deps.platformName(session) },
      ...(session.nonce === null ? {} : { nonce: session.nonce }),
      ...(session.external_reference_id === null ? {} : { externalReferenceId: session.external_reference_id }),
      ...(receiverData === null ? {} : { receiverData }),
      workflow: extraction.workflow,
      result: extraction.failedParts.length === 0 ? "complete" : "partial",
      isolationLevel: extraction.isolationLevel,
      browser: extraction.browser,
      claims: extraction.extractedData,
    };
  }

  async function attest(session: SessionRow): Promise<IssuedAttestation & { kid: string }> {
    const input = await describe(session);
    const signingKey = await keys.active();
    const issued = await createIssuer({ issuer, signingKey, now, newId: deps.newId }).issue(input);
    // Checked with the keys as published, as a stranger would: what a partner cannot verify is not given out.
    const result = await verifyAttestation(issued.attestation, {
      jwks: await keys.published(),
      now: now(),
      issuer,
      audience: input.audience,
      sessionId: input.sessionId,
      platform: input.platform,
      proofHash: issued.proofHash,
      ...(input.nonce === undefined ? {} : { nonce: input.nonce }),
      ...(input.externalReferenceId === undefined ? {} : { externalReferenceId: input.externalReferenceId }),
      ...(input.receiverData === undefined ? {} : { receiverData: input.receiverData }),
    });
    if (!result.ok) throw new AttestationFailure("ATTESTATION_FAILED", `The own verifier refused it: ${result.reason}`);
    if (!isDeepStrictEqual(result.disclosed, input.claims))
      throw new AttestationFailure("ATTESTATION_MISMATCH", "The attested data is not the extracted data");
    return { ...issued, kid: signingKey.kid };
  }

  async function issue(sessionId: string): Promise<void> {
    const session = await sessions.get(sessionId);
    if (session?.status !== "VERIFYING") return;
    const startedAt = now();
    try {
      const issued = await within(attest(session), timeoutMs);
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
              })
              .execute();
          },
        },
      );
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
      const code = error instanceof AttestationFailure ? error.code : "ATTESTATION_FAILED";
      // The message of a foreign error could quote data: its name is enough to find the place.
      const reason =
        error instanceof AttestationFailure ? error.message : error instanceof Error ? error.name : typeof error;
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
      await sessions.apply(session.id, { type: "attestation.failed", code });
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
      return row ? { ...row, attestation: openAttestation(deps.sealer, row) } : null;
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
