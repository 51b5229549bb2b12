import { z } from "zod";

export const evidencePredicateType = "urn:attestream:tls-evidence:1";

const hexHashSchema = z.string().regex(/^[0-9a-f]{64}$/);
const disclosureDigestSchema = z.string().regex(/^[A-Za-z0-9_-]{43}$/);
const secondsSchema = z.int().nonnegative();

const predicateSchema = z
  .strictObject({
    /** `passive`: the response that this connection carried, whatever was asked. `replay`: the request's line too. */
    mode: z.enum(["passive", "replay"]),
    /** `bindSession` of the session and its nonce: evidence of one session is of no use in another. */
    session: hexHashSchema,
    /** Id of the part of the workflow that was read. */
    part: z.string().min(1).max(100),
    /** The name that the certificate was checked for. */
    server_name: z.string().min(1).max(253),
    /** Seconds since 1970: when the connection was opened, and when the response was read. */
    connected_at: secondsSchema,
    observed_at: secondsSchema,
    http_status: z.int().min(100).max(599),
    request: z.strictObject({ method: z.string().min(1).max(20), target: z.string().min(1).max(8192) }).optional(),
    tls: z.strictObject({
      version: z.string().max(20),
      cipher: z.string().max(64),
      alpn: z.string().max(20).nullable(),
    }),
    certificate: z.strictObject({
      leaf_spki_sha256: hexHashSchema,
      chain_sha256: z.array(hexHashSchema).min(1).max(20),
    }),
    /** Of the ciphertext, both ways. */
    transcript: z.strictObject({ sent_sha256: hexHashSchema, received_sha256: hexHashSchema }),
    workflow_hash: hexHashSchema,
    /** SHA-256 of the part's reading rules as canonical JSON. */
    extractor_hash: hexHashSchema,
    /** `hashDisclosure` of what the session was asked to disclose; absent when that was everything. */
    disclosure_hash: hexHashSchema.optional(),
    /** Field name -> digest of the SD-JWT disclosure that the attestor made of what it read. */
    fields: z.record(z.string().min(1).max(200), disclosureDigestSchema),
  })
  .refine((predicate) => (predicate.mode === "replay") === (predicate.request !== undefined), {
    path: ["request"],
    message: "exactly evidence of mode replay has a request",
  });

/**
 * What an attestor states about one response: an in-toto statement, version 1. Its subject is the recorded ciphertext,
 * and nothing in it is a plain hash of what was sent: a body of few unknowns could be guessed from one, also by who
 * was to learn the answer to a predicate only.
 */
export const evidenceStatementSchema = z
  .strictObject({
    _type: z.literal("https://in-toto.io/Statement/v1"),
    subject: z.tuple([
      z.strictObject({ name: z.literal("connection"), digest: z.strictObject({ sha256: hexHashSchema }) }),
    ]),
    predicateType: z.literal(evidencePredicateType),
    predicate: predicateSchema,
  })
  .refine(({ subject, predicate }) => subject[0].digest.sha256 === predicate.transcript.received_sha256, {
    path: ["subject"],
    message: "the subject is what was received",
  });

export type EvidenceStatement = z.infer<typeof evidenceStatementSchema>;
