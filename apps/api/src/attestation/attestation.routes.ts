import type { RequestHandler } from "express";
import { AppError } from "@attestream/shared";
import {
  attestationStatusSchema,
  type AttestationResponse,
  type AttestationStatus,
} from "@attestream/shared/partner-api";
import { partnerOf } from "../http/request-context.ts";
import { sendSuccess } from "../http/send-success.ts";
import { ownSession } from "../sessions/own-session.ts";
import type { SessionService } from "../sessions/session-service.ts";
import type { AttestationLog } from "../log/attestation-log.ts";
import type { StatusLists } from "../revocation/status-lists.ts";
import type { AttestationService } from "./attestation-service.ts";

/** `GET /partner/browser-session/:id/attestation` */
export function attestationRoute(deps: {
  sessions: Pick<SessionService, "get">;
  attestations: Pick<AttestationService, "get">;
  attestationLog: Pick<AttestationLog, "prove">;
  statuses: Pick<StatusLists, "of" | "uriOf">;
  publicUrl: string;
}): RequestHandler {
  async function statusOf(sessionId: string): Promise<AttestationStatus | null> {
    const row = await deps.statuses.of(sessionId);
    if (!row) return null;
    return attestationStatusSchema.parse({
      uri: deps.statuses.uriOf(row.list_id),
      index: row.index,
      revoked: row.revoked_at !== null,
      ...(row.revoked_at === null ? {} : { revokedAt: row.revoked_at.toISOString(), reason: row.reason }),
    });
  }

  return async (request, response) => {
    const session = await ownSession(deps.sessions, partnerOf(response), request.params["id"]);
    const row = await deps.attestations.get(session.id);
    if (!row) throw new AppError("attestation_absent");
    const log = await deps.attestationLog.prove({ sessionId: session.id });
    const status = log && (await statusOf(session.id));
    const answer: AttestationResponse = {
      sessionId: session.id,
      format: "dc+sd-jwt",
      attestation: row.attestation,
      proofHash: row.proof_hash,
      issuer: row.issuer,
      jwksUrl: `${deps.publicUrl}/.well-known/jwks.json`,
      issuedAt: row.issued_at.toISOString(),
      mode: row.mode,
      evidence: row.evidence,
      attestorsUrl: `${deps.publicUrl}/.well-known/attestors.json`,
      ...(log === null ? {} : { log }),
      ...(status === null ? {} : { status }),
    };
    sendSuccess(response, answer);
  };
}
