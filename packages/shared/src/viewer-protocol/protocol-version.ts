/**
 * Version of the stream between viewer and worker: one WebSocket at `streamUrl`. Opened with three
 * subprotocols, `attestream.viewer.v1`, `ticket.<stream ticket>` and `seal.<offer>`; the answer names the first.
 *
 * Every message is binary and sealed between viewer and worker (packages/sealed-channel says how); who
 * passes it on reads nothing but its length. What is inside begins with `{` or is a packet:
 * Worker -> viewer: frame packets (packet.ts) and JSON (server-message.ts).
 * Viewer -> worker: JSON (viewer-message.ts). History:
 * 1 - packets with rectangles, acks, pointer, wheel, key, text, touch, resize, challenge replies.
 * 2 - what a page asks outside of its picture: JavaScript dialogs, lists of selects, files; windows over the first.
 * 3 - sealed between viewer and worker.
 * 4 - packets with a shift of one region; pickers of dates, times and colours; user names and passwords that a server asks for; windows that were refused.
 * 5 - values for the fields of a challenge, and what became of them; text that replaces; more of the focused field; the page for screen readers; pings; what ends the session next, and signs of life; the device pixel ratio of the viewer's screen; what was copied; what an input method composes; how much input was taken.
 */
export const viewerProtocolVersion = 5;

export const viewerSubprotocol = "attestream.viewer.v1";

export const ticketSubprotocolPrefix = "ticket.";

/** Before what the viewer offers for sealing, base64url: half of a key agreement with the worker. */
export const sealSubprotocolPrefix = "seal.";

/** Largest message a viewer may send, bytes. */
export const maxViewerMessageBytes = 64 * 1024;

/** What a page may be given at once through a file chooser. `partBytes` in base64 fit into one message. */
export const uploadLimits = { files: 10, bytes: 8 * 1024 * 1024, partBytes: 45_000 } as const;

/** Longest text that is copied from the page, UTF-16 units. */
export const copyLimit = 100_000;

/** Longest value of one field of a challenge's form, characters. */
export const formValueLimit = 500;

/** Close codes of the stream. What the viewer does then stands beside each. */
export const viewerCloseCodes = {
  /** the session is over or parked: show what the API says, do not reconnect by itself */
  sessionReleased: 4000,
  /** a message broke the protocol: reconnect once with a new ticket */
  badMessage: 4400,
  /** too slow, buffers were full: reconnect */
  overrun: 4413,
  /** another connection of the same viewer took over: stop */
  replaced: 4409,
  /** the session goes on on another device: stop, and follow what the API says */
  handedOver: 4410,
  /** the worker shuts down or lost its browser: ask the API, then reconnect or stop */
  workerStopping: 4503,
} as const;
