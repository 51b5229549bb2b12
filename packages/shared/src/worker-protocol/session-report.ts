import { z } from "zod";
import { challengeSummarySchema } from "../challenge.ts";
import { errorCodeSchema } from "../error-codes.ts";
import { extractedDataSchema } from "../json.ts";
import { attestedEvidenceSchema, evidenceGapSchema } from "./evidence.ts";
import { isolationLevelSchema } from "./isolation-level.ts";

/** What a session's browser and tree produced. Sent once, with `data.extracted`. */
export const extractionResultSchema = z.strictObject({
  extractedData: extractedDataSchema,
  /** Optional parts of the tree that failed; not empty means PARTIAL_COMPLETE. */
  failedParts: z.array(z.strictObject({ part: z.string(), code: errorCodeSchema })),
  workflow: z.strictObject({ name: z.string(), version: z.string(), hash: z.string() }),
  browser: z.strictObject({ product: z.string(), version: z.string() }),
  isolationLevel: isolationLevelSchema,
  /** Of the parts that an attestor has witnessed. */
  evidence: z.array(attestedEvidenceSchema).max(20).optional(),
  /** Parts that the tree wants proved and that nobody witnessed. */
  withoutEvidence: z.array(evidenceGapSchema).max(20).optional(),
});

export type ExtractionResult = z.infer<typeof extractionResultSchema>;

/** What happened to a session in its worker. The API's session service turns these into statuses. */
export const sessionReportSchema = z.discriminatedUnion("type", [
  /** `sealKey`: the key that viewers of this session seal for, stated and signed by the worker (compact JWS). */
  z.strictObject({ type: z.literal("browser.started"), sealKey: z.string().max(2_000) }),
  z.strictObject({ type: z.literal("viewer.connected") }),
  z.strictObject({ type: z.literal("viewer.disconnected") }),
  z.strictObject({ type: z.literal("tree.loaded"), version: z.string(), hash: z.string() }),
  z.strictObject({ type: z.literal("tree.started") }),
  z.strictObject({ type: z.literal("progress.advanced"), progress: z.int().min(0).max(100) }),
  z.strictObject({ type: z.literal("challenge.raised"), challenge: challengeSummarySchema }),
  z.strictObject({ type: z.literal("challenge.resolved"), challengeId: z.string() }),
  z.strictObject({ type: z.literal("collection.started") }),
  z.strictObject({ type: z.literal("data.extracted"), result: extractionResultSchema }),
  /** `message` is the code's public text or the tree author's words; never data of the user's. */
  z.strictObject({ type: z.literal("session.failed"), code: errorCodeSchema, message: z.string().max(500).optional() }),
]);

export type SessionReport = z.infer<typeof sessionReportSchema>;
