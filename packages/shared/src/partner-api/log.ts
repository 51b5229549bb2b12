import { z } from "zod";
import { wholeNumber } from "./whole-number.ts";

const hash = () => z.string().regex(/^[0-9a-f]{64}$/);
const base64Hash = () => z.string().regex(/^[A-Za-z0-9+/]{43}=$/);
const treeSize = () => z.int().min(0);
const jws = () =>
  z
    .string()
    .max(4_000)
    .regex(/^[\w-]+\.[\w-]+\.[\w-]+$/);

/** That an attestation is in the log, checkable without asking anybody: RFC 9162's inclusion proof and the checkpoint it leads to. */
export const logProofSchema = z.strictObject({
  id: z.string().max(2_048).describe("The log: the issuer's URL with /log, as in the checkpoint's origin."),
  index: treeSize().describe("The attestation's place in the log, from 0."),
  size: z.int().min(1).describe("Entries in the log that the checkpoint tells of."),
  inclusion: z.array(base64Hash()).max(63).describe("Hashes on the way from the leaf to the root, base64."),
  checkpoint: jws().describe("Compact JWS (ES256, typ log-checkpoint+jwt) of origin, size, root and iat."),
});

export type LogProof = z.infer<typeof logProofSchema>;

/** `GET /log/checkpoint`. */
export const logCheckpointSchema = z.strictObject({
  origin: z.string(),
  size: treeSize(),
  root: hash().describe("Hex."),
  checkpoint: jws(),
});

export type LogCheckpoint = z.infer<typeof logCheckpointSchema>;

export const inclusionQuerySchema = z.object({
  leaf: hash().describe("Hex SHA-256 of the attestation's JWT: what stands before the first tilde."),
});

export const consistencyQuerySchema = z.object({
  first: wholeNumber(0, 1_000_000_000).describe("Size of the earlier checkpoint."),
  second: wholeNumber(0, 1_000_000_000).describe("Size of the later one."),
});

/** `GET /log/proof/consistency`. */
export const logConsistencySchema = z.strictObject({
  first: treeSize(),
  second: treeSize(),
  consistency: z.array(base64Hash()).max(64),
});

export type LogConsistency = z.infer<typeof logConsistencySchema>;

export const logEntriesQuerySchema = z.object({
  start: wholeNumber(0, 1_000_000_000).describe("First entry, from 0."),
  end: wholeNumber(0, 1_000_000_000).describe("The entry after the last one; at most 1000 come at once."),
});

/** `GET /log/entries`. */
export const logEntriesSchema = z.strictObject({
  start: treeSize(),
  leaves: z.array(hash()).max(1_000).describe("Hex SHA-256 of each attestation's JWT, in the log's order."),
});

export type LogEntries = z.infer<typeof logEntriesSchema>;
