import { extractionResultSchema, type ExtractionResult } from "@attestream/shared/worker-protocol";
import type { Sealer } from "../storage/encryption.ts";
import type { SessionRow } from "../storage/schema.ts";

const aad = (sessionId: string) => `sessions.extraction_enc:${sessionId}`;

/** What the worker read, as `sessions.extraction_enc` keeps it. */
export function sealExtraction(sealer: Sealer, sessionId: string, result: ExtractionResult): Uint8Array {
  return sealer.seal(JSON.stringify(result), aad(sessionId));
}

/** Null where nothing was extracted, or it was erased. */
export function openExtraction(
  sealer: Sealer,
  session: Pick<SessionRow, "id" | "extraction_enc">,
): ExtractionResult | null {
  if (session.extraction_enc === null) return null;
  return extractionResultSchema.parse(JSON.parse(sealer.openText(session.extraction_enc, aad(session.id))));
}
