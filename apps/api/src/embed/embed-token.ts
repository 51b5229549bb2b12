import { deriveKey } from "../storage/encryption.ts";
import { checkSignedToken, mintSignedToken, type RandomBytes } from "./signed-token.ts";

/** How long a link to the frame can be opened. */
export const embedTokenLifeMs = 60 * 60_000;

export function embedTokenKey(masterKey: Uint8Array): Uint8Array {
  return deriveKey(masterKey, "embed token v1");
}

/** The `token` of an `embedUrl`. Writes nothing: it may be minted as often as somebody asks. */
export function mintEmbedToken(key: Uint8Array, sessionId: string, now: Date, randomBytes: RandomBytes): string {
  const expiresAt = new Date(now.getTime() + embedTokenLifeMs);
  return mintSignedToken(key, { sessionId, subject: "", expiresAt }, randomBytes);
}

/** The token's id in the ledger, or null when it is forged, of another session, or too old. */
export function checkEmbedToken(key: Uint8Array, sessionId: string, token: string, now: Date): string | null {
  const checked = checkSignedToken(key, sessionId, token, now);
  return checked ? `embed.${checked.id}` : null;
}
