import { applyDisclosure, narrowDisclosure } from "@attestream/attestation/disclosure";
import { bindSession } from "@attestream/attestation/evidence";
import type { Disclosure, ExtractedData } from "@attestream/shared";
import type { AttestedEvidence, EvidenceGap } from "@attestream/shared/worker-protocol";
import {
  isAllowedHost,
  TreeFailure,
  type PlatformDefinition,
  type ProofPort,
  type ReadPart,
} from "@attestream/workflow";
import type { BrowserContext } from "playwright";
import type { Logger } from "pino";
import type { EgressProxy } from "../egress/egress-proxy.ts";
import { kindOf } from "../kind-of.ts";
import { AttestorRefusedError, type AttestorLink } from "./attestor-link.ts";
import type { Attestors } from "./attestors.ts";
import { checkEvidence } from "./check-evidence.ts";
import { dialAttestor } from "./dial-attestor.ts";
import { findWitnessedResponse } from "./find-response.ts";
import { attestationFailure, failureOf, Gap, toGap } from "./gap.ts";
import type { KeyLog } from "./key-log.ts";
import { replayRequest, toReplayRequest } from "./replay-request.ts";
import { watchRequests, type RequestWatch } from "./watch-requests.ts";
import { WitnessedConnection } from "./witnessed-connection.ts";

/** What witnessing needs of the worker. */
export interface WitnessMeans {
  attestors: Attestors;
  /** PEM: authorities that sites may have their certificates from. */
  roots: readonly string[];
  /** PEM: what connections to attestors trust besides. */
  ca: string | undefined;
}

export interface SessionWitnessOptions extends WitnessMeans {
  definition: PlatformDefinition;
  platformHash: string;
  loginUrl: string;
  session: { id: string; nonce: string | undefined };
  disclosure: Disclosure;
  context: BrowserContext;
  egress: EgressProxy;
  /** Null: the browser writes none. */
  keyLog: KeyLog | null;
  /** Makes the browser forget the TLS sessions that it could resume. */
  endResumption: () => Promise<void>;
  /** The platform is reached through a proxy of the operator's. */
  hasOwnProxy: boolean;
  now: () => Date;
  log: Logger;
}

interface Watch {
  link: AttestorLink;
  session: string;
  connections: WitnessedConnection[];
  requests: RequestWatch;
}

type Proof = NonNullable<PlatformDefinition["prove"]>[number];

/**
 * Sees to it that the parts of one session are witnessed: sends the browser's connections past an attestor while
 * such a part is read, and asks for the evidence. A part that must be proved and is not ends the session; of any
 * other it is kept why there is no evidence.
 */
export class SessionWitness implements ProofPort {
  readonly evidence: AttestedEvidence[] = [];
  readonly withoutEvidence: EvidenceGap[] = [];
  readonly #options: SessionWitnessOptions;
  #watch: Watch | Gap = new Gap("not_witnessed");

  constructor(options: SessionWitnessOptions) {
    this.#options = options;
  }

  async begin(part: string): Promise<void> {
    try {
      this.#watch = await this.#begin(this.#proofOf(part));
    } catch (error) {
      this.#watch = this.#explain(error, part);
    }
  }

  async end(part: string, read: ReadPart | null): Promise<void> {
    const watch = this.#watch;
    try {
      if (read === null) return;
      if (watch instanceof Gap) throw watch;
      const evidence = await this.#prove(this.#proofOf(part), read, watch);
      this.evidence.push(evidence);
    } catch (error) {
      if (error instanceof TreeFailure) throw error;
      const gap = this.#explain(error, part);
      if (this.#proofOf(part).required === true) throw failureOf(gap);
      this.withoutEvidence.push({ part, code: gap.code });
    } finally {
      this.#stop(watch);
    }
  }

  /** Of a session that ends in between. */
  dispose(): void {
    this.#stop(this.#watch);
  }

  async #begin(proof: Proof): Promise<Watch> {
    const { definition, attestors, hasOwnProxy, egress, keyLog, session, endResumption, context } = this.#options;
    if (this.#rulesOf(proof).length === 0) throw new Gap("page_fields");
    if (hasOwnProxy) throw new Gap("upstream_proxy");
    const link = await attestors.reach(definition.name);
    if (typeof link === "string") throw new Gap(link);
    if (keyLog === null) throw new Gap("no_attestor");
    const hosts = this.#hostsOf(proof);
    const binding = await bindSession(session.id, session.nonce);
    const watch: Watch = { link, session: binding, connections: [], requests: watchRequests(context) };
    // The worker's own client asks once more: the browser's connections are of no matter.
    if (proof.mode === "replay") return watch;
    await endResumption();
    egress.setWitness({
      covers: (host) => isAllowedHost(hosts, host),
      dial: (host, address, port) => this.#dial(watch, keyLog, { host, address, port }),
    });
    // Those that were made meanwhile have left tickets too.
    await endResumption();
    return watch;
  }

  /** One of the browser's connections. Null, and it is made without the attestor, where that cannot. */
  async #dial(
    { link, session, connections }: Watch,
    keyLog: KeyLog,
    target: { host: string; address: string; port: number },
  ): Promise<WitnessedConnection | null> {
    const { ca, log } = this.#options;
    const { host } = target;
    try {
      const { connection: id, socket } = await dialAttestor(link, { session, ...target }, ca);
      const commit = (commitment: string) => link.tell({ type: "secrets.committed", connection: id, commitment });
      const witnessed = new WitnessedConnection({ id, host, socket, keyLog, commit });
      connections.push(witnessed);
      return witnessed;
    } catch (error) {
      log.warn({ host, gap: toGap(error).code, kind: kindOf(error) }, "a connection is made without the attestor");
      return null;
    }
  }

  async #prove(proof: Proof, read: ReadPart, watch: Watch): Promise<AttestedEvidence> {
    const { definition, platformHash, disclosure } = this.#options;
    const mode = proof.mode ?? "passive";
    const found = mode === "replay" ? await this.#replay(read, watch) : this.#find(read, watch);
    const { secrets, clientKeys } = found;
    const answer = await watch.link.ask({
      type: "evidence.asked",
      session: watch.session,
      connection: found.connection,
      secrets: { handshake: toText(secrets.handshake), application: toText(secrets.application) },
      ...(clientKeys === undefined
        ? {}
        : { clientKeys: { request: toTexts(clientKeys.request), end: toTexts(clientKeys.end) } }),
      part: proof.from,
      bodySha256: found.bodySha256,
      platform: JSON.parse(JSON.stringify(definition)),
      platformHash,
      disclosure,
    });
    if (answer.type !== "evidence.given") throw new Gap("attestor_refused");
    const fields = disclosedFields(read.fields, this.#rulesOf(proof), disclosure);
    const own = { key: await watch.link.open(), session: watch.session, workflowHash: platformHash };
    const verdict = await checkEvidence(answer.evidence, { ...own, part: proof.from, mode, fields });
    if (verdict === "mismatch") throw attestationFailure("ATTESTATION_MISMATCH");
    if (verdict === "foreign") throw new Gap("attestor_refused");
    return answer.evidence;
  }

  #find({ response }: ReadPart, { connections }: Watch) {
    const { roots, now } = this.#options;
    if (response?.body == null) throw new Gap("page_fields");
    const found = findWitnessedResponse(response.body, connections, { roots, now: now() });
    if (typeof found === "string") throw new Gap(found);
    return { ...found, connection: found.connection.id, clientKeys: undefined };
  }

  async #replay({ response }: ReadPart, { link, session, requests }: Watch) {
    const { egress, roots, ca, now } = this.#options;
    const headers = response && (await requests.headersOf(response.url));
    if (response === null || !headers) throw new Gap("not_witnessed");
    const { hostname, port } = new URL(response.url);
    let connection = "";
    const socket = await egress.reach(hostname, Number(port || 443), () => async (address, atPort) => {
      const dialled = await dialAttestor(link, { session, host: hostname, address, port: atPort }, ca);
      connection = dialled.connection;
      return dialled.socket;
    });
    const replayed = await replayRequest(toReplayRequest(response.url, headers), {
      socket,
      serverName: hostname,
      port: Number(port || 443),
      roots,
      now: now(),
      commit: (commitment) => link.tell({ type: "secrets.committed", connection, commitment }),
    });
    return { ...replayed, connection };
  }

  #stop(watch: Watch | Gap): void {
    this.#watch = new Gap("not_witnessed");
    if (watch instanceof Gap) return;
    this.#options.egress.setWitness(null);
    watch.requests.stop();
    for (const connection of watch.connections) connection.forget();
    watch.link.tell({ type: "session.forgotten", session: watch.session });
  }

  #proofOf(part: string): Proof {
    const proof = this.#options.definition.prove?.find(({ from }) => from === part);
    if (!proof) throw new Error("a part that need not be proved");
    return proof;
  }

  #hostsOf({ hosts }: Proof): string[] {
    return hosts ?? [new URL(this.#options.loginUrl).hostname];
  }

  /** Names of the fields that can be proved. */
  #rulesOf({ from, reveal }: Proof): string[] {
    const part = this.#options.definition.collect.find(({ id }) => id === from);
    return reveal.filter((name) => part?.read?.[name]?.json !== undefined);
  }

  #explain(error: unknown, part: string): Gap {
    const gap = toGap(error);
    const refusal = error instanceof AttestorRefusedError ? { code: error.code, detail: error.detail } : {};
    this.#options.log.warn({ part, gap: gap.code, kind: kindOf(error), ...refusal }, "no evidence of a part");
    return gap;
  }
}

function disclosedFields(data: ExtractedData, names: readonly string[], disclosure: Disclosure): ExtractedData {
  const provable = Object.fromEntries(Object.entries(data).filter(([name]) => names.includes(name)));
  const narrowed = narrowDisclosure(disclosure, Object.keys(provable));
  return narrowed === null ? {} : applyDisclosure(provable, narrowed);
}

function toText(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString("base64url");
}

function toTexts({ key, iv }: { key: Uint8Array; iv: Uint8Array }): { key: string; iv: string } {
  return { key: toText(key), iv: toText(iv) };
}
