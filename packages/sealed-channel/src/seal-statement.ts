import { z } from "zod";

/** `typ` of the statement's JWS: a key that signs these can sign nothing that is taken for something else. */
export const statementType = "attestream-seal-key+jwt";

/** What a worker states of a session's sealing key, signed with its identity key (compact JWS, ES256). */
export const sealStatementSchema = z.object({
  sessionId: z.string(),
  epoch: z.int(),
  /** Uncompressed P-256 point, base64url. */
  publicKey: z.string(),
});
