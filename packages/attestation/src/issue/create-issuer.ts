import type { Disclosure, ExtractedData, Json } from "@attestream/shared";
import type { AttestedEvidence } from "@attestream/shared/worker-protocol";
import { hashExternalReference, hashSubject } from "../bound-hash.ts";
import { hashProof } from "../digest.ts";
import { attestationType, weakestMode, type AttestationClaims } from "../vocabulary.ts";
import { assertAttestable } from "./assert-attestable.ts";
import { bindEvidence } from "./bind-evidence.ts";
import { randomSalt } from "./random-salt.ts";
import { signCredential } from "./sign-credential.ts";
import type { SigningKey } from "./signing-key.ts";

export const defaultValidForMs = 365 * 24 * 60 * 60 * 1000;

export interface IssuerOptions {
  /** Absolute URL of the installation; becomes `iss`, and is where its JWKS is found. */
  issuer: string;
  signingKey: SigningKey;
  now: () => Date;
  newId: () => string;
  newSalt?: () => string;
  validForMs?: number;
}

/** What is attested about one session. */
export interface AttestationInput {
  /** Id of the partner for whom it is issued. */
  audience: string;
  sessionId: string;
  platform: { id: number; name: string };
  nonce?: string;
  /** Only hashes of these two go into the attestation. */
  externalReferenceId?: string;
  receiverData?: { [key: string]: Json };
  workflow: { name: string; version: string; hash: string };
  result: "complete" | "partial";
  isolationLevel: string;
  browser: { product: string; version: string };
  /** Field name -> value; each becomes a disclosure of its own. */
  claims: ExtractedData;
  /** By attestors; each must fit all of the above. */
  evidence?: readonly AttestedEvidence[];
  /** Parts that were to be proved and were not. */
  fellBack?: readonly { part: string; code: string }[];
  /** What the session was asked to disclose. */
  disclosure?: Disclosure;
  /** Its place in the Token Status List at `uri`. */
  status?: { idx: number; uri: string };
}

export interface IssuedAttestation {
  /** SD-JWT VC in compact form, with all its disclosures. */
  attestation: string;
  /** Lower-case hex SHA-256 of `attestation`. */
  proofHash: string;
  issuedAt: Date;
}

export interface Issuer {
  issue(input: AttestationInput): Promise<IssuedAttestation>;
}

/**
 * Signs attestations: the operator's word, with attestors' evidence bound into it where there is any. Throws
 * NotAttestableError for data that cannot be attested unambiguously, EvidenceMismatchError for evidence of something else.
 */
export function createIssuer(options: IssuerOptions): Issuer {
  const { issuer, signingKey, now, newId, newSalt = randomSalt, validForMs = defaultValidForMs } = options;

  return {
    async issue(input) {
      assertAttestable(input.claims);
      const issuedAt = now();
      const iat = Math.floor(issuedAt.getTime() / 1000);
      const evidence = await bindEvidence(input);
      const fallback = (input.fellBack ?? []).map(({ part, code }) => ({ part, code }));
      const payload = {
        iss: issuer,
        iat,
        exp: iat + Math.floor(validForMs / 1000),
        jti: newId(),
        vct: attestationType,
        aud: input.audience,
        ...(input.nonce === undefined ? {} : { nonce: input.nonce }),
        session_id: input.sessionId,
        platform: { id: input.platform.id, name: input.platform.name },
        workflow: { name: input.workflow.name, version: input.workflow.version, hash: input.workflow.hash },
        result: input.result,
        isolation_level: input.isolationLevel,
        browser: { product: input.browser.product, version: input.browser.version },
        mode: weakestMode(evidence.claims, fallback),
        evidence: evidence.claims,
        fallback,
        ...(input.disclosure === undefined || input.disclosure === "full" ? {} : { disclosure: input.disclosure }),
        ...(input.status === undefined
          ? {}
          : { status: { status_list: { idx: input.status.idx, uri: input.status.uri } } }),
        claims: input.claims,
      } satisfies AttestationClaims;
      const hidden = {
        ...(input.externalReferenceId === undefined
          ? {}
          : { external_reference_hash: await hashExternalReference(input.sessionId, input.externalReferenceId) }),
        ...(input.receiverData === undefined
          ? {}
          : { subject_hash: await hashSubject(input.sessionId, input.receiverData) }),
      };
      const saltOf = (field: string | null) => (field === null ? undefined : evidence.salts.get(field)) ?? newSalt();
      const attestation = await signCredential(payload, hidden, saltOf, signingKey);
      return { attestation, proofHash: await hashProof(attestation), issuedAt: new Date(iat * 1000) };
    },
  };
}
