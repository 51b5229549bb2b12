import { z } from "zod";
import {
  consistencyQuerySchema,
  inclusionQuerySchema,
  logCheckpointSchema,
  logConsistencySchema,
  logEntriesQuerySchema,
  logEntriesSchema,
  logProofSchema,
} from "@attestream/shared/partner-api";
import type { Operation } from "./operation.ts";

const keySchema = z.looseObject({ kty: z.string() });

/** Without a key: what anybody may ask who checks an attestation. */
export const proofOperations = [
  {
    id: "getBbsKeys",
    method: "get",
    path: "/.well-known/bbs-keys.json",
    summary: "The public keys that predicate proofs are checked with.",
    description: "Empty until the first credential is made.",
    group: "proof",
    partner: false,
    answer: {
      status: 200,
      description: "The key set.",
      schema: z.strictObject({
        keys: z.array(z.strictObject({ type: z.string(), kid: z.string(), publicKey: z.string() })),
      }),
    },
    errors: ["internal", "storage_unavailable"],
  },
  {
    id: "getAttestors",
    method: "get",
    path: "/.well-known/attestors.json",
    summary:
      "The public keys of attestors whose evidence is taken here or was, as a JSON Web Key Set, and who they are.",
    description: "Get an attestor's keys from itself where you can: here the issuer says whom it asks.",
    group: "proof",
    partner: false,
    answer: {
      status: 200,
      description: "The key set.",
      schema: z.strictObject({
        keys: z.array(keySchema),
        attestors: z.array(z.strictObject({ url: z.string(), kids: z.array(z.string()) })),
      }),
    },
    errors: ["internal", "storage_unavailable"],
  },
  {
    id: "getLogCheckpoint",
    method: "get",
    path: "/log/checkpoint",
    summary: "The log's size and root, signed.",
    description: "The log is the RFC 9162 tree over the SHA-256 of every attestation's JWT.",
    group: "proof",
    partner: false,
    answer: { status: 200, description: "The checkpoint.", schema: logCheckpointSchema },
    errors: ["internal", "storage_unavailable"],
  },
  {
    id: "proveInclusion",
    method: "get",
    path: "/log/proof/inclusion",
    summary: "Proves that an attestation is in the log.",
    group: "proof",
    partner: false,
    query: inclusionQuerySchema,
    answer: { status: 200, description: "The proof, and the checkpoint that it leads to.", schema: logProofSchema },
    errors: ["invalid_request", "log_entry_unknown", "internal", "storage_unavailable"],
  },
  {
    id: "proveConsistency",
    method: "get",
    path: "/log/proof/consistency",
    summary: "Proves that one checkpoint's log is the beginning of another's.",
    group: "proof",
    partner: false,
    query: consistencyQuerySchema,
    answer: { status: 200, description: "The proof.", schema: logConsistencySchema },
    errors: ["invalid_request", "internal", "storage_unavailable"],
  },
  {
    id: "listLogEntries",
    method: "get",
    path: "/log/entries",
    summary: "The log's entries: hashes only.",
    group: "proof",
    partner: false,
    query: logEntriesQuerySchema,
    answer: { status: 200, description: "Up to 1000 entries from start on.", schema: logEntriesSchema },
    errors: ["invalid_request", "internal", "storage_unavailable"],
  },
  {
    id: "getStatusList",
    method: "get",
    path: "/status-lists/:id",
    summary: "A Token Status List: which attestations are revoked.",
    description: "An attestation names its list and its place in it (`status`). 1 is revoked.",
    group: "proof",
    partner: false,
    answer: {
      status: 200,
      description: "A signed token (statuslist+jwt).",
      schema: z.string(),
      media: "application/statuslist+jwt",
    },
    errors: ["not_found", "internal", "storage_unavailable"],
  },
] as const satisfies readonly Operation[];
