import { jsonSchema } from "@attestream/shared";
import { z } from "zod";

/** The number rises when the meaning of anything signed or proven changes: a verifier refuses what it does not know. */
export const bbsKeyType = "urn:attestream:bbs-key:1";
export const credentialType = "urn:attestream:bbs-credential:1";
export const predicateProofType = "urn:attestream:predicate-proof:1";

/** Each hidden field costs a proof 32 bytes; account data has a tenth of this. */
export const maxFields = 128;

const base64url = z.string().regex(/^[A-Za-z0-9_-]+$/);
const secondsSchema = z.int().nonnegative();
const textSchema = z.string().min(1).max(2048);
const hashSchema = z.string().regex(/^[0-9a-f]{64}$/);
export const fieldNameSchema = z.string().min(1).max(256);

export const bbsPublicKeySchema = z.strictObject({
  type: z.literal(bbsKeyType),
  kid: base64url.length(43),
  /** 96 bytes: a point of BLS12-381's second group. */
  publicKey: base64url.length(128),
});

/** What an issuer publishes. Loose: a later release may publish keys of another type beside these. */
export const bbsKeySetSchema = z.looseObject({ keys: z.array(z.looseObject({ kid: z.unknown() })).max(1000) });

export const bbsIssuerKeySchema = z.strictObject({
  kid: bbsPublicKeySchema.shape.kid,
  publicKey: bbsPublicKeySchema,
  /** 32 bytes. A secret. */
  secretKey: base64url.length(43),
});

export type BbsPublicKey = z.infer<typeof bbsPublicKeySchema>;
export type BbsIssuerKey = z.infer<typeof bbsIssuerKeySchema>;

/**
 * `number`: a decimal number, signed as a whole number of 1/10^decimals, so that ranges can be proven.
 * `date`: a calendar date, signed as a day number. `text`: any other value; it can be revealed, not compared.
 */
export const fieldSchema = z.discriminatedUnion("kind", [
  z.strictObject({ name: fieldNameSchema, kind: z.literal("number"), decimals: z.int().min(0).max(8) }),
  z.strictObject({ name: fieldNameSchema, kind: z.literal("date") }),
  z.strictObject({ name: fieldNameSchema, kind: z.literal("text") }),
]);

export type Field = z.infer<typeof fieldSchema>;

/** What the credential is about. Part of every proof made from it: a proof cannot be moved to another session, partner or issuer. */
export const credentialHeaderSchema = z.strictObject({
  iss: textSchema,
  kid: bbsPublicKeySchema.shape.kid,
  iat: secondsSchema,
  exp: secondsSchema,
  /** The partner for whom it was issued. */
  aud: textSchema,
  session_id: textSchema,
  /** The partner's nonce of the session. */
  nonce: textSchema.optional(),
  platform: z.strictObject({ id: z.int(), name: textSchema }),
  workflow: z.strictObject({ name: z.string().max(256), version: z.string().max(256), hash: z.string().max(256) }),
  result: z.enum(["complete", "partial"]),
  /** `proofHash` of the attestation about the same session. */
  attestation_hash: hashSchema.optional(),
  /** Names and kinds of all fields, in the order in which they are signed. */
  fields: z.array(fieldSchema).min(1).max(maxFields),
});

export type CredentialHeader = z.infer<typeof credentialHeaderSchema>;

/** Who holds it can prove statements about its fields, and read them all: keep it as carefully as the data. */
export const credentialSchema = z.strictObject({
  type: z.literal(credentialType),
  header: credentialHeaderSchema,
  /** Field name -> value: numbers as decimals in strings. */
  values: z.record(fieldNameSchema, jsonSchema),
  signature: base64url.max(128),
});

export type Credential = z.infer<typeof credentialSchema>;

/** Bounds belong to the range. At least one is there; as a decimal or a date, like the field. */
export const rangeSchema = z
  .strictObject({
    field: fieldNameSchema,
    min: z.string().min(1).max(64).optional(),
    max: z.string().min(1).max(64).optional(),
  })
  .refine(({ min, max }) => min !== undefined || max !== undefined, { message: "needs min or max" });

export type Range = z.infer<typeof rangeSchema>;

/** What a verifier is given: the header, what was revealed, the proven ranges, and the proof of all that. */
export const presentationSchema = z.strictObject({
  type: z.literal(predicateProofType),
  header: credentialHeaderSchema,
  revealed: z.record(fieldNameSchema, jsonSchema),
  ranges: z.array(rangeSchema).max(16),
  /** The verifier's own nonce, so that the proof was made for this question. */
  challenge: z.string().min(1).max(256).optional(),
  proof: base64url.max(65_536),
});

export type Presentation = z.infer<typeof presentationSchema>;

/** What a holder proves and a verifier asks for. `==` reveals the field. */
export type Predicate =
  | { field: string; is: ">=" | "<="; value: string | number }
  | { field: string; is: "in range"; min: string | number; max: string | number }
  | { field: string; is: "=="; value: string | number | boolean };
