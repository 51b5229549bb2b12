import type { Json } from "@attestream/shared";
import { canonicalJson } from "../canonical-json.ts";
import { sha256Hex } from "../digest.ts";

/** What evidence carries of its session: it fits one session with one nonce, and tells neither to who does not know them. */
export function bindSession(sessionId: string, nonce?: string): Promise<string> {
  return sha256Hex(`attestream evidence session\n${canonicalJson([sessionId, nonce ?? null])}`);
}

/** The `extractor_hash`: of a part's reading rules as the platform's definition has them. */
export function hashExtractor(rules: object): Promise<string> {
  return sha256Hex(canonicalJson(asJson(rules)));
}

/**
 * The `disclosure_hash`: of all that the session was asked to disclose. A predicate's result is true or false; only this
 * says which question the attestor answered. Undefined for "full", where each field is its own question.
 */
export async function hashDisclosure(disclosure: object | string | undefined): Promise<string | undefined> {
  if (disclosure === undefined || disclosure === "full") return undefined;
  return sha256Hex(canonicalJson(asJson(disclosure)));
}

/** A member that is there with no value counts as one that is not there. */
function asJson(value: unknown): Json {
  return JSON.parse(JSON.stringify(value)) as Json;
}
