import { equalBytes } from "../byte-reader.ts";
import { messageType, toMessage } from "../handshake/handshake-message.ts";
import { finishResponses } from "../http/finish-response.ts";
import type { HttpResponse } from "../http/http-response.ts";
import { readHttp1 } from "../http/read-http1.ts";
import { openBothSides } from "../open-connection.ts";
import type { OpenedConnection, OpenOptions } from "../opened-connection.ts";
import type { CipherSuite } from "../record/cipher-suite.ts";
import { ivLength, type TrafficKey } from "../record/key-schedule.ts";
import { contentLength, RecordOpener } from "../record/record-cipher.ts";
import { contentType, type TlsRecord } from "../record/record-splitter.ts";
import type { RecordedConnection, ServerSecrets } from "../recorded-connection.ts";
import { TlsEvidenceRefused } from "../tls-refusal.ts";
import { readRequest } from "./replay-http.ts";
import type { OpenedReplay, ReplayClientKeys } from "./replay-types.ts";

const keyUpdate = toMessage(messageType.keyUpdate, Uint8Array.of(0));
const closeNotify = Uint8Array.of(1, 0);
const mostHiddenBytes = 2 ** 16;
const mostHiddenRecords = 64;

/**
 * Opens a connection of the replay client: what was asked for, but for the hidden lines, and the one answer. With a
 * second answer it would be open which of them the disclosed request got.
 */
export function openReplay(
  connection: RecordedConnection,
  serverSecrets: ServerSecrets,
  clientKeys: ReplayClientKeys,
  options: OpenOptions,
): OpenedReplay {
  const { opened, client, flight } = openBothSides(connection, serverSecrets, options);
  if (opened.alpn === "h2") throw new TlsEvidenceRefused("alpn");
  // The first encrypted record is the client's Finished.
  const { start, hiddenBytes, end } = openRequest(client.encrypted.slice(1), flight.suite, clientKeys);
  const request = readRequest({ start, end }, connection.serverName);
  return { ...opened, request, hiddenBytes, response: onlyResponse(opened) };
}

function openRequest(records: readonly TlsRecord[], suite: CipherSuite, keys: ReplayClientKeys) {
  const startOpener = openerFor(suite, keys.request);
  const start: Uint8Array[] = [];
  let next = 0;
  for (; ; next += 1) {
    const inner = openNext(startOpener, records[next]);
    if (inner.type === contentType.handshake && equalBytes(inner.content, keyUpdate)) break;
    if (inner.type !== contentType.applicationData) throw new TlsEvidenceRefused("replay_request");
    start.push(inner.content);
  }
  const endOpener = openerFor(suite, keys.end);
  const hidden: TlsRecord[] = [];
  const end: Uint8Array[] = [];
  for (const record of records.slice(next + 1)) {
    const inner = endOpener.tryOpen(record);
    if (inner === null && endOpener.opened === 0) hidden.push(record);
    else if (inner === null) throw new TlsEvidenceRefused("record_invalid");
    else if (inner.type === contentType.applicationData) end.push(inner.content);
    else if (inner.type !== contentType.alert || !equalBytes(inner.content, closeNotify))
      throw new TlsEvidenceRefused("replay_request");
    if (hidden.length > mostHiddenRecords) throw new TlsEvidenceRefused("replay_hidden");
  }
  if (end.length === 0) throw new TlsEvidenceRefused("replay_keys");
  return { start: textOf(start), end: textOf(end), hiddenBytes: hiddenLength(hidden) };
}

/** The last of the hidden records changes the key. */
function hiddenLength(hidden: readonly TlsRecord[]): number {
  let length = -keyUpdate.length;
  for (const record of hidden) length += contentLength(record);
  if (length < 0 || length > mostHiddenBytes) throw new TlsEvidenceRefused("replay_hidden");
  return length;
}

function openerFor(suite: CipherSuite, key: TrafficKey): RecordOpener {
  if (key.key.length !== suite.keyLength || key.iv.length !== ivLength) throw new TlsEvidenceRefused("replay_keys");
  return new RecordOpener(suite, key);
}

function openNext(opener: RecordOpener, record: TlsRecord | undefined) {
  const inner = record === undefined ? null : opener.tryOpen(record);
  if (inner === null) throw new TlsEvidenceRefused(opener.opened === 0 ? "replay_keys" : "record_invalid");
  return inner;
}

function onlyResponse({ plaintext, closed }: OpenedConnection): HttpResponse {
  const { responses, unreadBytes } = readHttp1(plaintext, closed);
  const [response, ...others] = finishResponses(responses);
  if (response === undefined || !response.complete || others.length > 0 || unreadBytes > 0 || response.status < 200)
    throw new TlsEvidenceRefused("replay_responses");
  return response;
}

const textOf = (parts: readonly Uint8Array[]) => Buffer.concat(parts).toString("latin1");
