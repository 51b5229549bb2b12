import { createHmac, timingSafeEqual } from "node:crypto";

/**
 * A short-lived token that costs no row until it is used: its claims and an HMAC-SHA-256 over them
 * and over the session's id, which is not in the token because it stands in the URL. It says that
 * this server made it; that it is used once only is the ledger's part (redeem-once.ts).
 *
 * base64url of: id (16 bytes) | expiry (u48, Unix ms) | subject (any length) | mac (32 bytes)
 */
export interface SignedToken {
  /** Hex; names the token in the ledger. */
  id: string;
  subject: string;
}

export type RandomBytes = (size: number) => Uint8Array;

export interface TokenClaims {
  sessionId: string;
  /** Whom or what the token is for besides the session; may be empty. */
  subject: string;
  expiresAt: Date;
}

const idBytes = 16;
const expiryBytes = 6;
const macBytes = 32;
const maxTextLength = 512;

export function mintSignedToken(key: Uint8Array, claims: TokenClaims, randomBytes: RandomBytes): string {
  const expiry = Buffer.alloc(expiryBytes);
  expiry.writeUIntBE(claims.expiresAt.getTime(), 0, expiryBytes);
  const body = Buffer.concat([randomBytes(idBytes), expiry, Buffer.from(claims.subject)]);
  return Buffer.concat([body, macOf(key, claims.sessionId, body)]).toString("base64url");
}

/** The token, when this key signed it for this session and it has not expired; else null. Takes the same time for every wrong MAC. */
export function checkSignedToken(key: Uint8Array, sessionId: string, text: string, now: Date): SignedToken | null {
  if (text.length > maxTextLength || !/^[A-Za-z0-9_-]+$/.test(text)) return null;
  const bytes = Buffer.from(text, "base64url");
  // Base64url has more than one spelling of the same bytes: only the one we gave out counts.
  if (bytes.length < idBytes + expiryBytes + macBytes || bytes.toString("base64url") !== text) return null;
  const body = bytes.subarray(0, bytes.length - macBytes);
  if (!timingSafeEqual(bytes.subarray(body.length), macOf(key, sessionId, body))) return null;
  if (body.readUIntBE(idBytes, expiryBytes) <= now.getTime()) return null;
  return {
    id: body.toString("hex", 0, idBytes),
    subject: body.toString("utf8", idBytes + expiryBytes),
  };
}

function macOf(key: Uint8Array, sessionId: string, body: Uint8Array): Buffer {
  return createHmac("sha256", key).update(sessionId).update("\n").update(body).digest();
}
