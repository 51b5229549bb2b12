import { createHash, randomBytes } from "node:crypto";
import { once } from "node:events";
import { readdir, readFile, stat } from "node:fs/promises";
import { createServer, type Server } from "node:https";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { hashExtractor, makeDisclosure, openEnvelope } from "@attestream/attestation/evidence";
import type { EvidenceAsked } from "@attestream/shared/attestor-protocol";
import { createCertificateAuthority, startAttestor, textsInMemory, type TestAttestor } from "@attestream/testkit";
import { hashPlatform, platformDefinitionSchema, type PlatformDefinition } from "@attestream/workflow";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { browse, commitmentTo, connectThrough, ScriptedWorker, toTexts } from "./testing/scripted-worker.ts";

const host = "bank.attestor.test";
const body = '{"owner":"Jane Doe","number":"00991234"}';
const session = createHash("sha256").update("one session").digest("hex");
const canary = `canary${randomBytes(8).toString("hex")}`;
const request = `POST /api/account HTTP/1.1\r\nHost: ${host}\r\nCookie: visit=${canary}\r\nConnection: close\r\nContent-Length: ${canary.length}\r\n\r\n${canary}`;

const definition = platformDefinitionSchema.parse({
  format: "platform/1",
  name: "bank",
  displayName: "Bank",
  loginUrl: `https://${host}/login`,
  version: "1.0.0",
  allow: [host, "other.attestor.test"],
  screens: [{ id: "home", when: { url: "/home" }, then: "collect" }],
  collect: [
    {
      id: "account",
      open: "/home",
      capture: { request: { method: "POST", url: "/api/account" } },
      read: { holder: { json: "$.owner" }, last: { json: "$.number", take: "last4" }, heading: { css: "h1" } },
    },
    { id: "page", open: "/home", read: { title: { css: "h2" } } },
  ],
  prove: [
    { from: "account", reveal: ["holder", "last"] },
    { from: "page", reveal: ["title"] },
  ],
});

let site: Server;
let port = 0;
let ca = "";
let attestor: TestAttestor;
let jwks: unknown;
let worker: ScriptedWorker;
const secured: string[] = [];

beforeAll(async () => {
  const authority = await createCertificateAuthority("Attestor test authority");
  ca = authority.certificate;
  site = createServer(await authority.issue(host), (asked, response) => {
    asked.resume();
    response.writeHead(200, { "content-type": "application/json" }).end(body);
  });
  site.on("secureConnection", () => secured.push("secure"));
  site.listen(0, "127.0.0.1");
  await once(site, "listening");
  port = (site.address() as AddressInfo).port;
  attestor = await startAttestor({ hosts: { [host]: port }, ca, env: { ATTESTOR_COMMIT_WITHIN: "2s" } });
  jwks = await (await fetch(`${attestor.url}/.well-known/jwks.json`)).json();
  worker = await ScriptedWorker.open(attestor.url, attestor.token);
});

afterAll(async () => {
  await worker?.close();
  await attestor?.[Symbol.asyncDispose]();
  site?.closeAllConnections();
  site?.close();
});

/** A connection of a browser's, past the attestor. `commit` is what is committed to; null: nothing. */
async function witness(
  commit: (secrets: Parameters<typeof commitmentTo>[0]) => string | null = commitmentTo,
  by = worker,
) {
  const { connection, ticket } = await by.ticket({ session, host, port });
  const { socket } = await by.connect(ticket, `127.0.0.1:${port}`);
  const browser = browse(socket, { host, ca, request });
  const secrets = await browser.secrets;
  const commitment = commit(secrets);
  if (commitment !== null) by.tell({ type: "secrets.committed", connection, commitment });
  await browser.answer;
  return { connection, secrets: toTexts(secrets) };
}

const toJson = (value: PlatformDefinition) => JSON.parse(JSON.stringify(value)) as EvidenceAsked["platform"];

function evidenceOf(
  witnessed: { connection: string; secrets: { handshake: string; application: string } },
  changes: Partial<Omit<EvidenceAsked, "type" | "id">> = {},
): Omit<EvidenceAsked, "id"> {
  return {
    type: "evidence.asked",
    session,
    ...witnessed,
    part: "account",
    bodySha256: createHash("sha256").update(body).digest("hex"),
    platform: toJson(definition),
    platformHash: hashPlatform(definition),
    ...changes,
  };
}

describe("evidence", () => {
  it("says who sent what when, and of each field what the attestor itself has read", async () => {
    const answer = await worker.ask(evidenceOf(await witness()));
    if (answer.type !== "evidence.given") throw new Error(JSON.stringify(answer));
    const { envelope, salts } = answer.evidence;
    const { statement } = await openEnvelope(envelope, jwks);
    expect(statement.predicate).toMatchObject({
      mode: "passive",
      session,
      part: "account",
      server_name: host,
      http_status: 200,
      tls: { version: "1.3" },
      workflow_hash: hashPlatform(definition),
      extractor_hash: await hashExtractor(definition.collect[0]?.read ?? {}),
    });
    const digest = async (name: string, value: string) => (await makeDisclosure(name, value, salts[name] ?? "")).digest;
    expect(statement.predicate.fields).toEqual({
      holder: await digest("holder", "Jane Doe"),
      last: await digest("last", "1234"),
    });
    expect(statement.predicate.observed_at - statement.predicate.connected_at).toBeGreaterThanOrEqual(0);
  });

  it("answers a question instead of telling the field", async () => {
    const disclosure = { predicates: [{ name: "isJane", field: "holder", is: "==" as const, value: "Jane Doe" }] };
    const answer = await worker.ask(evidenceOf(await witness(), { disclosure }));
    if (answer.type !== "evidence.given") throw new Error(JSON.stringify(answer));
    const { statement } = await openEnvelope(answer.evidence.envelope, jwks);
    const { digest } = await makeDisclosure("isJane", true, answer.evidence.salts["isJane"] ?? "");
    expect(statement.predicate.fields).toEqual({ isJane: digest });
    expect(statement.predicate.disclosure_hash).toMatch(/^[0-9a-f]{64}$/);
    // A plain hash of the body would let whoever learns the answer try out what the body may be.
    expect(JSON.stringify(statement)).not.toContain(createHash("sha256").update(body).digest("hex"));
  });
});

describe("a worker that lies", () => {
  const changed = (change: (copy: PlatformDefinition) => void) => {
    const copy = structuredClone(definition);
    change(copy);
    return copy;
  };
  const otherRules = changed(({ collect: [part] }) =>
    Object.assign(part?.read ?? {}, { holder: { json: "$.number" } }),
  );
  const otherHost = changed(({ prove: [proof] = [] }) =>
    Object.assign(proof ?? {}, { hosts: ["other.attestor.test"] }),
  );
  const replayed = changed(({ collect: [part], prove: [proof] = [] }) => {
    Object.assign(proof ?? {}, { mode: "replay" });
    Object.assign(part?.capture?.request ?? {}, { method: "GET" });
  });
  const honestly = (copy: PlatformDefinition) => ({ platform: toJson(copy), platformHash: hashPlatform(copy) });

  it.each<[string, Partial<Omit<EvidenceAsked, "type" | "id">>, string]>([
    ["other field rules under the old hash", { platform: toJson(otherRules) }, "platform_mismatch"],
    ["a definition that is none", { platform: { format: "platform/1" } }, "platform_invalid"],
    ["another session's connection", { session: "0".repeat(64) }, "session_mismatch"],
    ["a connection that is not there", { connection: "0".repeat(32) }, "connection_unknown"],
    ["a body that was not sent", { bodySha256: "0".repeat(64) }, "response_unknown"],
    ["a part that is not proved", { part: "balance" }, "part_unproved"],
    ["a part that is read off the page", { part: "page" }, "part_page_only"],
    ["another host's definition", honestly(otherHost), "host_mismatch"],
    ["a definition of the other mode", honestly(replayed), "mode_mismatch"],
    ["made-up secrets", { secrets: { handshake: "a".repeat(43), application: "b".repeat(43) } }, "secrets_mismatch"],
  ])("with %s gets no evidence", async (_what, changes, code) => {
    expect(await worker.refusal(evidenceOf(await witness(), changes))).toBe(code);
  });

  it("gets none with the secrets of another connection, committed to in time", async () => {
    const first = await witness();
    const decode = (text: string) => Buffer.from(text, "base64url");
    const others = { handshake: decode(first.secrets.handshake), application: decode(first.secrets.application) };
    const second = await witness(() => commitmentTo(others));
    expect(await worker.refusal(evidenceOf({ ...second, secrets: first.secrets }))).toBe("tls_refused wrong_secrets");
    // Nor does it help to have committed to the one and show the other.
    expect(await worker.refusal(evidenceOf(second))).toBe("secrets_mismatch");
  });

  it("gets none where it commits only after the answer, or to nothing", async () => {
    const late = await witness(() => null);
    const secrets = {
      handshake: Buffer.from(late.secrets.handshake, "base64url"),
      application: Buffer.from(late.secrets.application, "base64url"),
    };
    worker.tell({ type: "secrets.committed", connection: late.connection, commitment: commitmentTo(secrets) });
    expect(await worker.refusal(evidenceOf(late))).toBe("secrets_uncommitted");
  });

  it("gets none of what another worker has witnessed", async () => {
    const other = await ScriptedWorker.open(attestor.url, attestor.token);
    const theirs = await witness(commitmentTo, other);
    expect(await worker.refusal(evidenceOf(theirs))).toBe("connection_unknown");
    await other.close();
  });

  it("gets none of a session that it has let go", async () => {
    const witnessed = await witness();
    worker.tell({ type: "session.forgotten", session });
    expect(await worker.refusal(evidenceOf(witnessed))).toBe("connection_unknown");
  });
});

describe("what the browser sends", () => {
  it("waits, encrypted, until the secrets are committed to", async () => {
    const { connection, ticket } = await worker.ticket({ session, host, port });
    const { socket } = await worker.connect(ticket, `127.0.0.1:${port}`);
    secured.length = 0;
    const browser = browse(socket, { host, ca, request });
    const secrets = await browser.secrets;
    // Ways to the attestor and back, each longer than that of what it sends.
    for (let way = 0; way < 5; way += 1) await fetch(`${attestor.url}/healthz`);
    expect(secured).toEqual([]);
    worker.tell({ type: "secrets.committed", connection, commitment: commitmentTo(secrets) });
    expect(await browser.answer).toContain("Jane Doe");
    expect(secured).toEqual(["secure"]);
  });

  it("is nowhere in the attestor's memory, log or folder", async () => {
    await worker.ask(evidenceOf(await witness()));
    expect(textsInMemory(attestor.pid, [canary, "urn:attestream:tls-evidence:1"])).toEqual([
      "urn:attestream:tls-evidence:1",
    ]);
    expect(attestor.output).toContain("connection witnessed");
    for (const text of [canary, "Jane Doe", session, "/api/account"]) expect(attestor.output).not.toContain(text);
    expect(await readdir(attestor.dataDir)).toEqual(["signing-key.json"]);
    const file = join(attestor.dataDir, "signing-key.json");
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    expect(Object.keys(JSON.parse(await readFile(file, "utf8")) as object)).toContain("privateJwk");
  });
});

describe("a stranger", () => {
  it("without the token gets no link, and without a ticket no connection, wherever to", async () => {
    await expect(ScriptedWorker.open(attestor.url, "another-token-0123456789")).rejects.toThrow("4401");
    for (const target of [`127.0.0.1:${port}`, "bank.attestor.test:443", "1.1.1.1:443", "nonsense"]) {
      for (const ticket of [undefined, "a".repeat(43)]) {
        const { status, socket } = await connectThrough(attestor.url, ticket, target);
        expect(status).toBe(407);
        socket.destroy();
      }
    }
    expect((await fetch(`${attestor.url}/anything`)).status).toBe(404);
    expect(await (await fetch(`${attestor.url}/healthz`)).json()).toEqual({ status: "ok" });
  });

  it("cannot use a ticket again, nor for another address", async () => {
    const first = await worker.ticket({ session, host, port });
    const opened = await worker.connect(first.ticket, `127.0.0.1:${port}`);
    expect(opened.status).toBe(200);
    opened.socket.destroy();
    expect((await worker.connect(first.ticket, `127.0.0.1:${port}`)).status).toBe(407);
    const second = await worker.ticket({ session, host, port });
    expect((await worker.connect(second.ticket, `127.0.0.1:${attestor.port}`)).status).toBe(407);
    // It was shown: it is used up.
    expect((await worker.connect(second.ticket, `127.0.0.1:${port}`)).status).toBe(407);
  });

  it("who has become a worker still reaches no inside", async () => {
    const ask = (target: { host: string; address: string; port: number }) =>
      worker.refusal({ type: "ticket.asked", session, ...target });
    for (const address of ["127.0.0.1", "10.0.0.1", "169.254.169.254", "::1", "::ffff:127.0.0.1", "fd00::1"])
      expect(await ask({ host: "elsewhere.test", address, port: 443 })).toBe("address_refused");
    expect(await ask({ host, address: "127.0.0.1", port: attestor.port })).toBe("address_refused");
    expect(await ask({ host, address: "127.0.0.2", port })).toBe("address_refused");
    expect(await ask({ host: "mail.example.com", address: "1.1.1.1", port: 25 })).toBe("port_refused");
    expect(await ask({ host: "1.1.1.1", address: "1.1.1.1", port: 443 })).toBe("address_refused");
  });
});
