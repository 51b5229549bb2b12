import { z } from "zod";
import { dsseEnvelopeSchema } from "../dsse-envelope.ts";

/** What an attestor answers: the evidence of one part, and the salts with which its fields are disclosed. */
export const attestedEvidenceSchema = z.strictObject({
  envelope: dsseEnvelopeSchema,
  /** Name of the field, or of the predicate -> salt, 16 bytes in base64url. */
  salts: z
    .record(z.string().max(100), z.string().regex(/^[A-Za-z0-9_-]{22}$/))
    .refine((salts) => Object.keys(salts).length <= 200, "has too many fields"),
});

export type AttestedEvidence = z.infer<typeof attestedEvidenceSchema>;

/** Why a part that its tree wants proved has no evidence, and is only signed. Closed and append-only. */
export const evidenceGaps = {
  no_attestor: "No attestor is configured for this platform.",
  attestor_unavailable: "No attestor could be reached.",
  attestor_key: "The attestor does not hold the key that it must sign with.",
  attestor_refused: "The attestor did not give evidence.",
  not_witnessed: "The response did not come over a connection that the attestor witnessed.",
  uncommitted: "The connection's secrets were not committed to in time.",
  tls_unsuitable: "The site's TLS connection cannot be witnessed: not TLS 1.3, or resumed.",
  upstream_proxy: "The platform is reached through a proxy of the operator's, past the attestor.",
  page_fields: "Its fields are read off the page, not from a response.",
  too_large: "More came over the connection than the attestor records.",
} as const;

export type EvidenceGapCode = keyof typeof evidenceGaps;

export const evidenceGapCodes = Object.keys(evidenceGaps) as [EvidenceGapCode, ...EvidenceGapCode[]];

export const evidenceGapSchema = z.strictObject({ part: z.string().max(100), code: z.enum(evidenceGapCodes) });

export type EvidenceGap = z.infer<typeof evidenceGapSchema>;
