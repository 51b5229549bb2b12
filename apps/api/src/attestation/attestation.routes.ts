import type { RequestHandler } from "express";
import { AppError } from "@attestream/shared";
import type { AttestationResponse } from "@attestream/shared/partner-api";
import { partnerOf } from "../http/request-context.ts";
import { sendSuccess } from "../http/send-success.ts";
import { ownSession } from "../sessions/own-session.ts";
import type { SessionService } from "../sessions/session-service.ts";
import type { AttestationService } from "./attestation-service.ts";

/** `GET /partner/browser-session/:id/attestation` */
export function attestationRoute(deps: {
  sessions: Pick<SessionService, "get">;
  attestations: Pick<AttestationService, "get">;
  publicUrl: string;
}): RequestHandler {
  return async (request, response) => {
    const session = await ownSession(deps.sessions, partnerOf(response), request.params["id"]);
    const row = await deps.attestations.get(session.id);
    if (!row) throw new AppError("attestation_absent");
    const answer: AttestationResponse = {
      sessionId: session.id,
      format: "dc+sd-jwt",
      attestation: row.attestation,
      proofHash: row.proof_hash,
      issuer: row.issuer,
      jwksUrl: `${deps.publicUrl}/.well-known/jwks.json`,
      issuedAt: row.issued_at.toISOString(),
    };
    sendSuccess(response, answer);
  };
}
