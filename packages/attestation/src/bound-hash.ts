import type { Json } from "@attestream/shared";
import { canonicalJson } from "./canonical-json.ts";
import { sha256Hex } from "./digest.ts";

/**
 * Hashes that let a partner recognise what it sent, without it being readable in the attestation.
 * The session id is hashed too, so that two attestations about one person cannot be matched. A value
 * that can be guessed can be confirmed by guessing: both hashes are therefore disclosures that can be withheld.
 */
export function hashExternalReference(sessionId: string, externalReferenceId: string): Promise<string> {
  return sha256Hex(`attestream external reference\n${sessionId}\n${externalReferenceId}`);
}

export function hashSubject(sessionId: string, receiverData: { [key: string]: Json }): Promise<string> {
  return sha256Hex(`attestream subject\n${sessionId}\n${canonicalJson(receiverData)}`);
}
