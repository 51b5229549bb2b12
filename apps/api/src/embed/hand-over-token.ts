import { deriveKey } from "../storage/encryption.ts";
import { checkSignedToken, mintSignedToken, type RandomBytes } from "./signed-token.ts";

/** Time to take out a phone and scan a code. */
export const handOverLifeMs = 2 * 60_000;

export function handOverTokenKey(masterKey: Uint8Array): Uint8Array {
  return deriveKey(masterKey, "hand-over token v1");
}

/** `turn`: of the viewer that hands over. The token is worth something only while that one holds the session. */
export function mintHandOverToken(
  key: Uint8Array,
  claims: { sessionId: string; turn: number; expiresAt: Date },
  randomBytes: RandomBytes,
): string {
  const { sessionId, turn, expiresAt } = claims;
  return mintSignedToken(key, { sessionId, subject: String(turn), expiresAt }, randomBytes);
}

/** Null when the token is forged, of another session, or too old. */
export function checkHandOverToken(
  key: Uint8Array,
  sessionId: string,
  token: string,
  now: Date,
): { ledgerId: string; turn: number } | null {
  const checked = checkSignedToken(key, sessionId, token, now);
  return checked && { ledgerId: `hand-over.${checked.id}`, turn: Number(checked.subject) };
}
