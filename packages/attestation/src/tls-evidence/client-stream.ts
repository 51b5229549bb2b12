import { equalBytes } from "./byte-reader.ts";
import { parseClientHello, type ClientHello } from "./handshake/client-hello.ts";
import { MessageJoiner, messageType } from "./handshake/handshake-message.ts";
import { contentType, RecordSplitter, type TlsRecord } from "./record/record-splitter.ts";
import { TlsEvidenceRefused } from "./tls-refusal.ts";

/** What a client sends in the clear, and its records from the first encrypted one on. */
export interface ClientStream {
  hellos: readonly [ClientHello] | readonly [ClientHello, ClientHello];
  encrypted: readonly TlsRecord[];
  /** What is wrong after the hellos. The server's answer says more of why: TLS 1.2 goes on in the clear, for one. */
  wrong: TlsEvidenceRefused | null;
}

/** Reads a client's half of a recording. What it encrypts stays closed. */
export function readClientStream(sent: Uint8Array, serverName: string): ClientStream {
  const hellos: ClientHello[] = [];
  const encrypted: TlsRecord[] = [];
  const joiner = new MessageJoiner();
  let wrong: TlsEvidenceRefused | null = null;
  try {
    for (const record of new RecordSplitter().push(sent)) takeRecord(record);
  } catch (error) {
    if (!(error instanceof TlsEvidenceRefused) || hellos.length === 0) throw error;
    wrong = error;
  }
  const [first, second] = hellos;
  if (first === undefined) throw new TlsEvidenceRefused("truncated");
  for (const hello of hellos) checkHello(hello, serverName);
  if (second === undefined) return { hellos: [first], encrypted, wrong };
  if (!equalBytes(first.random, second.random))
    throw new TlsEvidenceRefused("handshake_invalid", "The second ClientHello is of another client.");
  return { hellos: [first, second], encrypted, wrong };

  function takeRecord(record: TlsRecord): void {
    if (record.type === contentType.applicationData && hellos.length > 0 && !joiner.inside) encrypted.push(record);
    else if (encrypted.length > 0) throw new TlsEvidenceRefused("record_invalid");
    else if (record.type === contentType.handshake) takeFragment(record.fragment);
    else if (record.type !== contentType.changeCipherSpec || joiner.inside || hellos.length === 0)
      throw new TlsEvidenceRefused(hellos.length === 0 ? "not_tls" : "record_invalid");
  }

  function takeFragment(fragment: Uint8Array): void {
    for (const message of joiner.push(fragment)) {
      if (message.type !== messageType.clientHello || hellos.length > 1)
        throw new TlsEvidenceRefused("handshake_invalid", "The client sends more than hellos in the clear.");
      hellos.push(parseClientHello(message));
    }
  }
}

function checkHello(hello: ClientHello, serverName: string): void {
  if (hello.offersEarlyData) throw new TlsEvidenceRefused("early_data");
  // An IP address is asked for by no name.
  const wanted = isAddress(serverName) ? null : serverName.toLowerCase();
  if ((hello.serverName?.toLowerCase() ?? null) !== wanted) throw new TlsEvidenceRefused("server_name");
}

export function isAddress(serverName: string): boolean {
  return serverName.includes(":") || /^[0-9.]+$/.test(serverName);
}
