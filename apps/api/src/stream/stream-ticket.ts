import { checkSignedToken, mintSignedToken, type RandomBytes } from "../embed/signed-token.ts";
import { deriveKey } from "../storage/encryption.ts";

/** From the answer that carries it to the upgrade request that spends it. */
const streamTicketLifeMs = 30_000;

/**
 * A stream ticket is signed rather than remembered, so that the replica that answers the upgrade
 * need not be the one that gave the ticket out. It is spent by a row in the ledger of used tokens:
 * one small write per opened stream buys single use across replicas and restarts.
 */
export function streamTicketKey(masterKey: Uint8Array): Uint8Array {
  return deriveKey(masterKey, "stream ticket v1");
}

export interface StreamTicketClaims {
  sessionId: string;
  viewerId: string;
}

export function mintStreamTicket(
  key: Uint8Array,
  { sessionId, viewerId }: StreamTicketClaims,
  now: Date,
  randomBytes: RandomBytes,
): string {
  const expiresAt = new Date(now.getTime() + streamTicketLifeMs);
  return mintSignedToken(key, { sessionId, subject: viewerId, expiresAt }, randomBytes);
}

/** Null when the ticket is forged, of another session, or too old. */
export function checkStreamTicket(
  key: Uint8Array,
  sessionId: string,
  ticket: string,
  now: Date,
): { ledgerId: string; viewerId: string } | null {
  const checked = checkSignedToken(key, sessionId, ticket, now);
  return checked ? { ledgerId: `stream.${checked.id}`, viewerId: checked.subject } : null;
}
