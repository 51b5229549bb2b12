import type { ExtractedData, Json } from "@attestream/shared";
import { digest, ES256 } from "@sd-jwt/crypto-nodejs";
import { SDJwtVcInstance } from "@sd-jwt/sd-jwt-vc";
import { hashExternalReference, hashSubject } from "../bound-hash.ts";
import { hashProof } from "../digest.ts";
import { attestationType, type AttestationClaims } from "../vocabulary.ts";
import { assertAttestable } from "./assert-attestable.ts";
import type { SigningKey } from "./signing-key.ts";
import { randomSalt } from "./random-salt.ts";

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

/** Signs attestations of the `signed` layer: the operator's own word, and nothing more. Throws NotAttestableError for data that cannot be attested unambiguously. */
export function createIssuer(options: IssuerOptions): Issuer {
  const { issuer, signingKey, now, newId, newSalt = randomSalt, validForMs = defaultValidForMs } = options;

  return {
    async issue(input) {
      assertAttestable(input.claims);
      const issuedAt = now();
      const iat = Math.floor(issuedAt.getTime() / 1000);
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
        ...(input.externalReferenceId === undefined
          ? {}
          : { external_reference_hash: await hashExternalReference(input.sessionId, input.externalReferenceId) }),
        ...(input.receiverData === undefined
          ? {}
          : { subject_hash: await hashSubject(input.sessionId, input.receiverData) }),
        workflow: { name: input.workflow.name, version: input.workflow.version, hash: input.workflow.hash },
        result: input.result,
        isolation_level: input.isolationLevel,
        browser: { product: input.browser.product, version: input.browser.version },
        mode: "signed",
        evidence: [],
        claims: input.claims,
      } satisfies AttestationClaims;
      const frame = {
        _sd: [
          ...(input.externalReferenceId === undefined ? [] : ["external_reference_hash" as const]),
          ...(input.receiverData === undefined ? [] : ["subject_hash" as const]),
        ],
        claims: { _sd: Object.keys(input.claims) },
      };
      const signer = new SDJwtVcInstance({
        signer: await ES256.getSigner(signingKey.privateJwk),
        signAlg: ES256.alg,
        hasher: digest,
        hashAlg: "sha-256",
        saltGenerator: newSalt,
      });
      // The library wants the names of the disclosed fields in its type; ours are known at run time only.
      const attestation = await signer.issue(payload, frame as never, { header: { kid: signingKey.kid } });
      return { attestation, proofHash: await hashProof(attestation), issuedAt: new Date(iat * 1000) };
    },
  };
}
