import { joinBytes } from "../byte-reader.ts";
import { TlsEvidenceRefused } from "../tls-refusal.ts";

export const messageType = {
  clientHello: 1,
  serverHello: 2,
  newSessionTicket: 4,
  encryptedExtensions: 8,
  certificate: 11,
  certificateRequest: 13,
  certificateVerify: 15,
  finished: 20,
  keyUpdate: 24,
  compressedCertificate: 25,
  messageHash: 254,
} as const;

export interface HandshakeMessage {
  type: number;
  body: Uint8Array;
  /** With its header: as it goes into the transcript. */
  raw: Uint8Array;
}

const messageHeaderLength = 4;
const longestMessage = 2 ** 17;

/** Joins messages out of records: a message may span records, and a record may hold several. */
export class MessageJoiner {
  #parts: Uint8Array[] = [];
  #length = 0;
  /** Nothing is joined before so much is there: many small records must not cost more than few large ones. */
  #needed = messageHeaderLength;

  push(fragment: Uint8Array): HandshakeMessage[] {
    this.#parts.push(fragment);
    this.#length += fragment.length;
    if (this.#length < this.#needed) return [];
    const messages: HandshakeMessage[] = [];
    let rest = joinBytes(this.#parts);
    for (;;) {
      this.#needed = rest.length < messageHeaderLength ? messageHeaderLength : lengthOf(rest);
      if (rest.length < this.#needed) break;
      const raw = rest.subarray(0, this.#needed);
      messages.push({ type: raw[0] ?? 0, body: raw.subarray(messageHeaderLength), raw });
      rest = rest.subarray(this.#needed);
    }
    this.#parts = rest.length === 0 ? [] : [rest];
    this.#length = rest.length;
    return messages;
  }

  /** Whether a message has begun and not ended. */
  get inside(): boolean {
    return this.#length > 0;
  }
}

function lengthOf([, high = 0, middle = 0, low = 0]: Uint8Array): number {
  const length = messageHeaderLength + high * 65_536 + middle * 256 + low;
  if (length > longestMessage) throw new TlsEvidenceRefused("handshake_invalid", "A message is too long.");
  return length;
}

export function toMessage(type: number, body: Uint8Array): Uint8Array {
  const { length } = body;
  return Buffer.concat([Uint8Array.of(type, length >> 16, (length >> 8) & 255, length & 255), body]);
}
