import { extractedDataSchema } from "@attestream/shared";
import { z } from "zod";

/** Type of credential. The number rises when a claim changes its meaning or goes away; added claims do not raise it. */
export const attestationType = "urn:attestream:attestation:1";

/** `typ` of the JWT header, as SD-JWT VC asks for. */
export const attestationMediaType = "dc+sd-jwt";

/** `typ` of an erasure receipt's header: another than that of attestations, so that neither can pass for the other. */
export const erasureReceiptType = "erasure-receipt+jwt";

/** Names with a meaning of their own in an SD-JWT. As the name of a field they would let a verifier read something else than was signed. */
export const reservedNames: ReadonlySet<string> = new Set(["_sd", "_sd_alg", "...", "__proto__"]);

const hashSchema = z.string().regex(/^[0-9a-f]{64}$/);
const secondsSchema = z.int().nonnegative();
/** Any disclosure but "full"; what an issuer of another version may ask is shown as it is. */
const restrictedDisclosureSchema = z.union([
  z.looseObject({ fields: z.array(z.string().max(200)).max(200) }),
  z.looseObject({
    predicates: z
      .array(
        z.looseObject({
          name: z.string().max(200),
          field: z.string().max(500),
          is: z.string().max(20),
          value: z.json().optional(),
        }),
      )
      .max(200),
  }),
]);

/** From the weakest: `signed` is the issuer's word alone, the others rest on evidence by an attestor. */
export const attestationModes = ["signed", "passive", "replay"] as const;
export type AttestationMode = (typeof attestationModes)[number];

/** What the attestation says of one piece of evidence; the piece itself travels beside it and is named by its hash. */
const evidenceClaimSchema = z.looseObject({
  mode: z.enum(["passive", "replay"]),
  /** Id of the part of the workflow. */
  part: z.string().min(1).max(100),
  server_name: z.string().min(1).max(253),
  /** Of the attestor's key. */
  kid: z.string().min(1).max(200),
  /** `hashEnvelope` of the envelope. */
  envelope_sha256: hashSchema,
  /** Names of the fields whose digests it states. */
  fields: z.array(z.string().min(1).max(200)).max(200),
  observed_at: secondsSchema,
});

export type EvidenceClaim = z.infer<typeof evidenceClaimSchema>;

/** The mode of the whole: that of the weakest of what was to be proved. One part without evidence makes it `signed`. */
export function weakestMode(
  evidence: readonly Pick<EvidenceClaim, "mode">[],
  fallback: readonly unknown[],
): AttestationMode {
  if (evidence.length === 0 || fallback.length > 0) return "signed";
  return evidence.every(({ mode }) => mode === "replay") ? "replay" : "passive";
}

/**
 * What the issuer's signature covers, after disclosed claims were put in their places. Times are
 * seconds since 1970. Loose, because a later issuer may add claims; a verifier says that it did not check those.
 */
export const attestationClaimsSchema = z
  .looseObject({
    iss: z.string().min(1),
    iat: secondsSchema,
    exp: secondsSchema,
    nbf: secondsSchema.optional(),
    jti: z.string().min(1),
    vct: z.literal(attestationType),
    /** The partner for whom it was issued. */
    aud: z.string().min(1),
    nonce: z.string().optional(),
    session_id: z.string().min(1),
    platform: z.looseObject({ id: z.int(), name: z.string().min(1) }),
    external_reference_hash: hashSchema.optional(),
    subject_hash: hashSchema.optional(),
    workflow: z.looseObject({ name: z.string(), version: z.string(), hash: z.string() }),
    result: z.enum(["complete", "partial"]),
    isolation_level: z.string(),
    browser: z.looseObject({ product: z.string(), version: z.string() }),
    mode: z.enum(attestationModes),
    evidence: z.array(evidenceClaimSchema).max(50),
    /** Parts that were to be proved and were not, and why. */
    fallback: z
      .array(z.looseObject({ part: z.string().min(1).max(100), code: z.string().min(1).max(100) }))
      .max(50)
      .default([]),
    /** What the session was asked to disclose; absent when that was everything. */
    disclosure: restrictedDisclosureSchema.optional(),
    /** Where a Token Status List says whether it was revoked. */
    status: z
      .looseObject({ status_list: z.looseObject({ idx: z.int().nonnegative(), uri: z.string().min(1).max(2048) }) })
      .optional(),
    claims: extractedDataSchema,
  })
  .refine(({ mode, evidence, fallback }) => mode === weakestMode(evidence, fallback), {
    path: ["mode"],
    message: "the mode is that of the weakest part",
  });

export type AttestationClaims = z.infer<typeof attestationClaimsSchema>;
