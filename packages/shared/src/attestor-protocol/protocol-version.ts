/**
 * Version of the link between a worker and an attestor: one control WebSocket that the worker opens to
 * `<ATTESTOR_URL>/control`, JSON text messages, and CONNECT requests at the same address with the tickets
 * that were given on it; see handshake.ts for how the link begins. A test holds a hash of the messages: a
 * change of theirs is a new version. History:
 * 1 - tickets, commitments, evidence in passive and replay mode.
 */
export const attestorProtocolVersion = 1;

/** Close codes of the control link. */
export const attestorCloseCodes = {
  badMessage: 4400,
  /** The worker does not know ATTESTOR_TOKEN. */
  unauthorized: 4401,
  /** The worker closes with it: this attestor does not know ATTESTOR_TOKEN, or has another key than the pinned. */
  unproven: 4403,
  protocolMismatch: 4426,
  tooManyLinks: 4429,
  stopping: 4503,
} as const;

export const controlPath = "/control";

/** Of the Proxy-Authorization header of a CONNECT request. */
export const ticketScheme = "Ticket";
