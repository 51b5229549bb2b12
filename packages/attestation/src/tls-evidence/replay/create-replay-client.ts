import { ByteReader } from "../byte-reader.ts";
import { checkChain } from "../certificate/check-chain.ts";
import { parseClientHello, type ClientHello } from "../handshake/client-hello.ts";
import { extensionType } from "../handshake/extensions.ts";
import { MessageJoiner, messageType, toMessage } from "../handshake/handshake-message.ts";
import type { ServerHello } from "../handshake/server-hello.ts";
import type { HttpResponse } from "../http/http-response.ts";
import { readResponses } from "../http/read-responses.ts";
import type { CipherSuite } from "../record/cipher-suite.ts";
import {
  applicationSecrets,
  finishedData,
  handshakeSecrets,
  nextTrafficSecret,
  trafficKey,
} from "../record/key-schedule.ts";
import { RecordSealer } from "../record/record-cipher.ts";
import { contentType } from "../record/record-splitter.ts";
import type { ServerSecrets } from "../recorded-connection.ts";
import { ServerStream } from "../server-stream.ts";
import type { ServerFlight } from "../handshake/server-handshake.ts";
import { TlsEvidenceRefused } from "../tls-refusal.ts";
import { buildClientHello, vector } from "./build-client-hello.ts";
import { createKeyExchange, group, isGroup, type KeyExchange } from "./key-exchange.ts";
import { buildRequest, hostHeader } from "./replay-http.ts";
import type { ReplayClient, ReplayClientKeys, ReplayClientOptions, ReplayRequest } from "./replay-types.ts";

const nothing: Uint8Array = new Uint8Array();
const changeCipherSpec = Uint8Array.of(contentType.changeCipherSpec, 3, 3, 0, 1, 1);
const keyUpdate = toMessage(messageType.keyUpdate, Uint8Array.of(0));
const longestRecord = 2 ** 14;
/** Longer answers are looked at when the server has ended, not again with every piece. */
const lookedAtAtOnce = 2 ** 20;

/** See ReplayClient. */
export function createReplayClient(options: ReplayClientOptions): ReplayClient {
  const { serverName, random } = options;
  const [clientRandom, sessionId] = [random(32), random(32)];
  // Every server of TLS 1.3 has this group; one that wants another asks for it.
  let exchange = createKeyExchange(group.secp256r1, random);
  const first = hello(null);
  const server = new ServerStream([first], { handshake: deriveHandshake, application: deriveApplication });
  const derived = { client: nothing, server: nothing, master: nothing };
  let serverSecrets: ServerSecrets | null = null;
  let clientSecret = nothing;
  let clientKeys: ReplayClientKeys | null = null;
  let state: ReplayClient["state"] = "handshake";
  let helloedAgain = false;
  let response: HttpResponse | null = null;
  let ended = false;

  return {
    start: () => toPlainRecord(first.raw),
    receive,
    request,
    end() {
      ended = true;
      lookForResponse();
      if (state !== "answered") throw new TlsEvidenceRefused(state === "asked" ? "replay_responses" : "truncated");
    },
    get state() {
      return state;
    },
    get serverSecrets() {
      return serverSecrets;
    },
    get clientKeys() {
      return clientKeys;
    },
    get response() {
      return response;
    },
  };

  function receive(bytes: Uint8Array): Uint8Array {
    server.push(bytes);
    if (server.retry !== null && !helloedAgain) return answerRetry(server.retry);
    if (server.flight !== null && state === "handshake") return finish(server.flight);
    lookForResponse();
    return nothing;
  }

  function hello(cookie: Uint8Array | null): ClientHello {
    const raw = buildClientHello({ serverName, random: clientRandom, sessionId, exchange, cookie });
    const [message] = new MessageJoiner().push(raw);
    if (message === undefined) throw new Error("the hello has no end");
    return parseClientHello(message);
  }

  function answerRetry(retry: ServerHello): Uint8Array {
    const wanted = retry.extensions.get(extensionType.keyShare);
    const cookie = retry.extensions.get(extensionType.cookie) ?? null;
    if (wanted !== undefined) {
      const id = new ByteReader(wanted, "handshake_invalid", "key_share").number(2);
      if (!isGroup(id) || id === exchange.group) throw new TlsEvidenceRefused("handshake_invalid", "key_share");
      exchange = createKeyExchange(id, random);
    } else if (cookie === null) throw new TlsEvidenceRefused("handshake_invalid", "It asks for no other hello.");
    const second = hello(cookie);
    server.addHello(second);
    helloedAgain = true;
    return Buffer.concat([changeCipherSpec, toPlainRecord(second.raw)]);
  }

  function deriveHandshake(chosen: ServerHello, helloHash: Uint8Array): Uint8Array {
    Object.assign(derived, handshakeSecrets(chosen.suite, agree(exchange, chosen), helloHash));
    return derived.server;
  }

  function deriveApplication(suite: CipherSuite, finishedHash: Uint8Array): Uint8Array {
    const secrets = applicationSecrets(suite, derived.master, finishedHash);
    clientSecret = secrets.client;
    serverSecrets = { handshake: derived.server, application: secrets.server };
    return secrets.server;
  }

  /** The server has proved itself: our Finished, with no certificate if it asked for one. */
  function finish(flight: ServerFlight): Uint8Array {
    if (flight.alpn === "h2") throw new TlsEvidenceRefused("alpn");
    const { roots, now } = options;
    checkChain({ certificates: flight.certificates, serverName, roots, now });
    const { suite, transcript, requestContext } = flight;
    const messages: Uint8Array[] = [];
    if (requestContext !== null) {
      const none = toMessage(messageType.certificate, Buffer.concat([vector(1, requestContext), vector(3, nothing)]));
      transcript.add(none);
      messages.push(none);
    }
    messages.push(toMessage(messageType.finished, finishedData(suite, derived.client, transcript.digest())));
    state = "ready";
    const sealer = new RecordSealer(suite, trafficKey(suite, derived.client));
    const finished = sealer.seal(contentType.handshake, Buffer.concat(messages));
    return Buffer.concat([helloedAgain ? nothing : changeCipherSpec, finished]);
  }

  function request(asked: ReplayRequest): Uint8Array {
    const { flight } = server;
    if (flight === null || state !== "ready") throw new Error(`nothing can be asked when "${state}"`);
    const { start, hidden, end } = buildRequest(hostHeader(serverName, options.port), asked);
    const { suite } = flight;
    const hiddenSecret = nextTrafficSecret(suite, clientSecret);
    const endSecret = nextTrafficSecret(suite, hiddenSecret);
    const keys = { request: trafficKey(suite, clientSecret), end: trafficKey(suite, endSecret) };
    const bytes = Buffer.concat([
      ...sealEpoch(new RecordSealer(suite, keys.request), start, true),
      ...sealEpoch(new RecordSealer(suite, trafficKey(suite, hiddenSecret)), hidden, true),
      ...sealEpoch(new RecordSealer(suite, keys.end), end, false),
    ]);
    clientKeys = keys;
    state = "asked";
    return bytes;
  }

  function lookForResponse(): void {
    const closed = ended || server.closed;
    if (state !== "asked" || (server.data.length > lookedAtAtOnce && !closed)) return;
    // Only the server's own word that it has ended counts for a body without a length.
    const [found] = readResponses({ alpn: "http/1.1", plaintext: server.data, closed: server.closed });
    if (found === undefined || !found.complete) return;
    response = found;
    state = "answered";
  }
}

function agree(exchange: KeyExchange, { extensions }: ServerHello): Uint8Array {
  const reader = new ByteReader(extensions.get(extensionType.keyShare) ?? nothing, "handshake_invalid", "key_share");
  if (reader.number(2) !== exchange.group) reader.refuse("It is of another group.");
  const share = reader.vector(2);
  reader.end();
  return exchange.agree(share);
}

function sealEpoch(sealer: RecordSealer, text: string, changesKey: boolean): Uint8Array[] {
  const bytes = Buffer.from(text, "latin1");
  const records: Uint8Array[] = [];
  for (let offset = 0; offset < bytes.length; offset += longestRecord)
    records.push(sealer.seal(contentType.applicationData, bytes.subarray(offset, offset + longestRecord)));
  if (changesKey) records.push(sealer.seal(contentType.handshake, keyUpdate));
  return records;
}

function toPlainRecord(message: Uint8Array): Uint8Array {
  return Buffer.concat([
    Uint8Array.of(contentType.handshake, 3, 1, message.length >> 8, message.length & 255),
    message,
  ]);
}
