import { isDeepStrictEqual } from "node:util";
import type { Kysely, Selectable } from "kysely";
import {
  createIssuer,
  EvidenceMismatchError,
  verifyAttestation,
  type AttestationInput,
  type AttestationMode,
  type IssuedAttestation,
  type Refusal,
} from "@attestream/attestation";
import { readUnverified } from "@attestream/attestation/evidence";
import { logEntryOf } from "@attestream/attestation/log";
import type { DsseEnvelope, ErrorCode, Json } from "@attestream/shared";
import type { ExtractionResult } from "@attestream/shared/worker-protocol";
import type { PlatformDefinition } from "@attestream/workflow/schema";
import type { AttestorKeys } from "../attestors/attestor-keys.ts";
import type { Log } from "../http/log.ts";
import type { AttestationLog } from "../log/attestation-log.ts";
import type { StatusLists } from "../revocation/status-lists.ts";
import type { SessionService } from "../sessions/session-service.ts";
import { isDatabaseOutage } from "../storage/database-outage.ts";
import type { Sealer } from "../storage/encryption.ts";
import type { AttestationsTable, Database, SessionRow } from "../storage/schema.ts";
import { findEvidenceProblem } from "./check-evidence.ts";
import type { SigningKeys } from "./signing-keys.ts";
import { openAttestation, sealAttestation } from "./stored-attestation.ts";
import { openEvidence, sealEvidence } from "./stored-evidence.ts";

export interface AttestationServiceDependencies {
  db: Kysely<Database>;
  sealer: Sealer;
  sessions: Pick<SessionService, "get" | "apply">;
  keys: SigningKeys;
  /** PUBLIC_URL without a slash at the end; becomes `iss`. */
  issuer: string;
  /** As the session pinned it. */
  platform: (session: SessionRow) => Promise<{
    name: string;
    definition: Pick<PlatformDefinition, "loginUrl" | "collect" | "prove">;
  }>;
  attestors: Pick<AttestorKeys, "trusted" | "remember">;
  /** Of all attestations, append-only. */
  attestationLog: Pick<AttestationLog, "append">;
  statuses: Pick<StatusLists, "place" | "of" | "token">;
  readExtraction: (session: SessionRow) => ExtractionResult | null;
  readReceiverData: (session: SessionRow) => Record<string, Json> | null;
  now: () => Date;
  newId: () => string;
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

/** Why no attestation came about, as the session's error code. */
class AttestationFailure extends Error {
  readonly code: Extract<
    ErrorCode,
    "ATTESTATION_FAILED" | "ATTESTATION_TIMEOUT" | "ATTESTATION_MISMATCH" | "ATTESTOR_UNAVAILABLE"
  >;

  constructor(code: AttestationFailure["code"], why: string) {
    super(why);
    this.code = code;
  }
}

/** What a refusal of the own verifier means for the session. */
function codeOf(refusal: Refusal): AttestationFailure["code"] {
  // Its key could not be had: who it is, is not known.
  if (refusal === "attestor_unknown") return "ATTESTOR_UNAVAILABLE";
  return refusal.startsWith("evidence_") || refusal === "attestor_is_issuer"
    ? "ATTESTATION_MISMATCH"
    : "ATTESTATION_FAILED";
}

/** Told as soon as it is known: what follows may fail, or take too long. */
type OnPlatform = (platform: { mustBeProved: boolean }) => void;

interface Attested extends IssuedAttestation {
  kid: string;
  mode: AttestationMode;
  envelopes: DsseEnvelope[];
}

export function createAttestationService(deps: AttestationServiceDependencies): AttestationService {
  const { db, sessions, keys, issuer, now, log, timeoutMs = 30_000 } = deps;

  async function describe(session: SessionRow, onPlatform: OnPlatform): Promise<AttestationInput> {
    const extraction = deps.readExtraction(session);
    if (!extraction) throw new AttestationFailure("ATTESTATION_FAILED", "The session has no extracted data");
    const receiverData = deps.readReceiverData(session);
    const platform = await deps.platform(session);
    onPlatform({ mustBeProved: platform.definition.prove?.some(({ required }) => required === true) === true });
    const disclosure = session.disclosure ?? "full";
    const loginUrl = session.custom_url ?? platform.definition.loginUrl;
    const problem =
      extraction.workflow.hash === session.platform_hash
        ? await findEvidenceProblem(extraction, platform.definition, { disclosure, loginUrl })
        : "The workflow that read the data is not the one that the session pinned";
    if (problem !== null) throw new AttestationFailure("ATTESTATION_MISMATCH", problem);
    return {
      audience: session.partner_id,
      sessionId: session.id,
      platform: { id: session.platform_id, name: platform.name },
      ...(session.nonce === null ? {} : { nonce: session.nonce }),
      ...(session.external_reference_id === null ? {} : { externalReferenceId: session.external_reference_id }),
      ...(receiverData === null ? {} : { receiverData }),
      workflow: extraction.workflow,
      result: extraction.failedParts.length === 0 ? "complete" : "partial",
      isolationLevel: extraction.isolationLevel,
      browser: extraction.browser,
      claims: extraction.extractedData,
      evidence: extraction.evidence ?? [],
      fellBack: extraction.withoutEvidence ?? [],
      disclosure,
    };
  }

  async function attest(session: SessionRow, onPlatform: OnPlatform): Promise<Attested> {
    const described = await describe(session, onPlatform);
    const { idx, uri, listId } = await deps.statuses.place(session.id);
    const input = { ...described, status: { idx, uri } };
    const envelopes = (input.evidence ?? []).map(({ envelope }) => envelope);
    const kids = envelopes.map((envelope) => readUnverified(envelope).kid);
    const signingKey = await keys.active();
    const issued = await createIssuer({ issuer, signingKey, now, newId: deps.newId }).issue(input);
    // Checked with the keys as published, as a stranger would: what a partner cannot verify is not given out.
    const result = await verifyAttestation(issued.attestation, {
      jwks: await keys.published(),
      attestors: await deps.attestors.trusted(kids),
      evidence: envelopes,
      statusList: await deps.statuses.token(listId),
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
    if (!result.ok)
      throw new AttestationFailure(codeOf(result.reason), `The own verifier refused it: ${result.reason}`);
    if (!isDeepStrictEqual(result.disclosed, input.claims))
      throw new AttestationFailure("ATTESTATION_MISMATCH", "The attested data is not the extracted data");
    await deps.attestors.remember(kids);
    return { ...issued, kid: signingKey.kid, mode: result.claims.mode, envelopes };
  }

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
      deps.onIssued?.(issued.mode);
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
      const failure =
        error instanceof EvidenceMismatchError ? new AttestationFailure("ATTESTATION_MISMATCH", error.message) : error;
      const code = failure instanceof AttestationFailure ? failure.code : "ATTESTATION_FAILED";
      // The message of a foreign error could quote data: its name is enough to find the place.
      const reason =
        failure instanceof AttestationFailure ? failure.message : error instanceof Error ? error.name : typeof error;
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
