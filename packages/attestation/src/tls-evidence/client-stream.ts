import { equalBytes } from "./byte-reader.ts";
import { parseClientHello, type ClientHello } from "./handshake/client-hello.ts";
import { MessageJoiner, messageType } from "./handshake/handshake-message.ts";
import { contentType, RecordSplitter, type TlsRecord } from "./record/record-splitter.ts";
import { TlsEvidenceRefused } from "./tls-refusal.ts";

/** What a client sends in the clear, and its records from the first encrypted one on. */
export interface ClientStream {
  hellos: readonly [ClientHello] | readonly [ClientHello, ClientHello];
  encrypted: readonly TlsRecord[];
}

/** Reads a client's half of a recording. What it encrypts stays closed. */
export function readClientStream(sent: Uint8Array, serverName: string): ClientStream {
  const hellos: ClientHello[] = [];
  const encrypted: TlsRecord[] = [];
  const joiner = new MessageJoiner();
  for (const record of new RecordSplitter().push(sent)) {
    if (record.type === contentType.applicationData && hellos.length > 0 && !joiner.inside) encrypted.push(record);
    else if (encrypted.length > 0) throw new TlsEvidenceRefused("record_invalid");
    else if (record.type === contentType.handshake) {
      for (const message of joiner.push(record.fragment)) {
        if (message.type !== messageType.clientHello || hellos.length > 1)
          throw new TlsEvidenceRefused("handshake_invalid", "The client sends more than hellos in the clear.");
        hellos.push(checkHello(parseClientHello(message), serverName));
      }
    } else if (record.type !== contentType.changeCipherSpec || joiner.inside || hellos.length === 0)
      throw new TlsEvidenceRefused(hellos.length === 0 ? "not_tls" : "record_invalid");
  }
  const [first, second] = hellos;
  if (first === undefined) throw new TlsEvidenceRefused("truncated");
  if (second === undefined) return { hellos: [first], encrypted };
  if (!equalBytes(first.random, second.random))
    throw new TlsEvidenceRefused("handshake_invalid", "The second ClientHello is of another client.");
  return { hellos: [first, second], encrypted };
}

function checkHello(hello: ClientHello, serverName: string): ClientHello {
  if (hello.offersEarlyData) throw new TlsEvidenceRefused("early_data");
  // An IP address is asked for by no name.
  const wanted = isAddress(serverName) ? null : serverName.toLowerCase();
  if ((hello.serverName?.toLowerCase() ?? null) !== wanted) throw new TlsEvidenceRefused("server_name");
  return hello;
}

export function isAddress(serverName: string): boolean {
  return serverName.includes(":") || /^[0-9.]+$/.test(serverName);
}
