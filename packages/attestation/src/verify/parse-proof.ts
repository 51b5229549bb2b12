import { attestationResponseSchema } from "@attestream/shared/partner-api";
import { z } from "zod";

/** A file that holds no attestation. The message says what to do instead. */
export class UnreadableProof extends Error {}

export interface Proof {
  attestation: string;
  /** Present when the file is an answer of the API, which names them. */
  proofHash?: string;
  sessionId?: string;
  /** As they are; the verifier says what is wrong with them. */
  evidence?: unknown;
  log?: unknown;
}

const answerSchema = z.looseObject(attestationResponseSchema.pick({ attestation: true }).shape).extend({
  proofHash: z.string().optional(),
  sessionId: z.string().optional(),
  evidence: z.unknown().optional(),
  log: z.unknown().optional(),
});
const envelopeSchema = z.looseObject({ status: z.literal("success"), data: answerSchema });
const errorSchema = z.looseObject({ status: z.literal("error"), error: z.looseObject({ message: z.string() }) });

/** Accepts the answer of `GET /partner/browser-session/:id/attestation`, its `data` alone, or the bare compact attestation. */
export function parseProof(text: string): Proof {
  const trimmed = text.trim();
  if (!trimmed.startsWith("{")) return { attestation: trimmed };
  const json = parseJson(trimmed);
  const refused = errorSchema.safeParse(json);
  if (refused.success)
    throw new UnreadableProof(`The proof file holds an error of the API, not a proof: ${refused.data.error.message}`);
  const envelope = envelopeSchema.safeParse(json);
  const answer = envelope.success ? envelope.data.data : answerSchema.safeParse(json).data;
  if (answer === undefined) {
    throw new UnreadableProof(
      "The proof file has no attestation in it. Save the answer of GET /partner/browser-session/:id/attestation as it is.",
    );
  }
  const { attestation, proofHash, sessionId, evidence, log } = answer;
  return {
    attestation,
    ...(proofHash === undefined ? {} : { proofHash }),
    ...(sessionId === undefined ? {} : { sessionId }),
    ...(evidence === undefined ? {} : { evidence }),
    ...(log === undefined ? {} : { log }),
  };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new UnreadableProof("The proof is not valid JSON.");
  }
}
