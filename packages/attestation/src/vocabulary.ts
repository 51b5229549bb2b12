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

/**
 * What the issuer's signature covers, after disclosed claims were put in their places. Times are
 * seconds since 1970. Loose, because a later issuer may add claims; a verifier says that it did not check those.
 */
export const attestationClaimsSchema = z.looseObject({
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
  /** `signed`: the issuer's word alone, with no evidence by anybody else. */
  mode: z.literal("signed"),
  evidence: z.array(z.unknown()).max(0),
  claims: extractedDataSchema,
});

export type AttestationClaims = z.infer<typeof attestationClaimsSchema>;
