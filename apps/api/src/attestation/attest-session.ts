import { isDeepStrictEqual } from "node:util";
import {
  createIssuer,
  verifyAttestation,
  type AttestationInput,
  type AttestationMode,
  type IssuedAttestation,
} from "@attestream/attestation";
import { readUnverified } from "@attestream/attestation/evidence";
import type { DsseEnvelope, Json } from "@attestream/shared";
import type { ExtractionResult } from "@attestream/shared/worker-protocol";
import type { PlatformDefinition } from "@attestream/workflow/schema";
import type { AttestorKeys } from "../attestors/attestor-keys.ts";
import type { StatusLists } from "../revocation/status-lists.ts";
import type { SessionRow } from "../storage/schema.ts";
import { AttestationFailure, codeOf } from "./attestation-failure.ts";
import { findEvidenceProblem } from "./check-evidence.ts";
import type { SigningKeys } from "./signing-keys.ts";

export interface AttestDependencies {
  keys: SigningKeys;
  /** PUBLIC_URL without a slash at the end; becomes `iss`. */
  issuer: string;
  /** As the session pinned it. */
  platform: (session: SessionRow) => Promise<{
    name: string;
    definition: Pick<PlatformDefinition, "loginUrl" | "collect" | "prove">;
  }>;
  attestors: Pick<AttestorKeys, "trusted" | "remember">;
  statuses: Pick<StatusLists, "place" | "token">;
  readExtraction: (session: SessionRow) => ExtractionResult | null;
  readReceiverData: (session: SessionRow) => Record<string, Json> | null;
  now: () => Date;
  newId: () => string;
}

/** Told as soon as it is known: what follows may fail, or take too long. */
export type OnPlatform = (platform: { mustBeProved: boolean }) => void;

export interface Attested extends IssuedAttestation {
  kid: string;
  mode: AttestationMode;
  envelopes: DsseEnvelope[];
}

/** Issues a session's attestation and checks it as its partner will. Stores nothing but its place in a status list. Throws what `failureOf` understands. */
export function createAttest(deps: AttestDependencies) {
  const { keys, issuer, now } = deps;

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

  return async function attest(session: SessionRow, onPlatform: OnPlatform): Promise<Attested> {
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
  };
}
