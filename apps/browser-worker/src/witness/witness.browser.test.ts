import { createSecureServer } from "node:http2";
import { createServer } from "node:https";
import type { AddressInfo, Server } from "node:net";
import { openEnvelope } from "@attestream/attestation/evidence";
import { createCertificateAuthority, startAttestor, type TestAttestor } from "@attestream/testkit";
import { hashPlatform, platformDefinitionSchema } from "@attestream/workflow";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startTestWorker, type TestWorker } from "../testing/test-worker.ts";
import { runSessionTree } from "../tree/run-session-tree.ts";

type Answer = { status: number; type: string; body: string };
const page = `<!doctype html><h1>Home</h1><script>fetch("/api/account").then((r) => r.text()).then((t) => { document.title = t })</script>`;
const seen: { host: string; path: string; cookie: string | undefined }[] = [];

function answer(host: string, path: string, cookie: string | undefined): Answer {
  seen.push({ host, path, cookie });
  if (path === "/api/account")
    return { status: 200, type: "application/json", body: '{"owner":"Jane Doe","number":"00991234"}' };
  return { status: 200, type: "text/html", body: page };
}

const hosts = { old: "old.witness.test", new: "new.witness.test", past: "past.witness.test" };

function definitionFor(host: string, prove: object) {
  return platformDefinitionSchema.parse({
    format: "platform/1",
    name: "witnessed",
    displayName: "Witnessed",
    loginUrl: `https://${host}/home`,
    version: "1.0.0",
    allow: [host],
    screens: [{ id: "home", when: { url: "/home" }, then: "collect" }],
    collect: [
      {
        id: "account",
        open: "/home",
        capture: { request: { url: "/api/account" } },
        read: { holder: { json: "$.owner" }, last: { json: "$.number", take: "last4" } },
      },
    ],
    prove: [{ from: "account", reveal: ["holder", "last"], ...prove }],
  });
}

describe("a part that is to be proved", () => {
  const servers: Server[] = [];
  let attestor: TestAttestor;
  let worker: TestWorker;
  let jwks: unknown;

  beforeAll(async () => {
    const authority = await createCertificateAuthority("Witness test authority");
    const http1 = createServer(await authority.issue(hosts.old), (request, response) => {
      const { status, type, body } = answer(hosts.old, request.url ?? "", request.headers.cookie);
      response
        .writeHead(status, { "content-type": type, "set-cookie": "visit=one; Path=/; Secure; HttpOnly" })
        .end(body);
    });
    const http2 = createSecureServer(await authority.issue(hosts.new), (request, response) => {
      const { status, type, body } = answer(hosts.new, request.url, request.headers.cookie);
      response.writeHead(status, { "content-type": type });
      response.end(body);
    });
    const past = createServer({ ...(await authority.issue(hosts.past)), maxVersion: "TLSv1.2" }, (asked, response) => {
      const { status, type, body } = answer(hosts.past, asked.url ?? "", asked.headers.cookie);
      response.writeHead(status, { "content-type": type }).end(body);
    });
    const ports: number[] = [];
    for (const server of [http1, http2, past]) {
      await new Promise<void>((resolve) => {
        server.listen(0, "127.0.0.1", resolve);
      });
      servers.push(server);
      ports.push((server.address() as AddressInfo).port);
    }
    const [oldPort = 0, newPort = 0, pastPort = 0] = ports;
    const mapped = { [hosts.old]: oldPort, [hosts.new]: newPort, [hosts.past]: pastPort };
    attestor = await startAttestor({ hosts: mapped, ca: authority.certificate });
    jwks = await (await fetch(`${attestor.url}/.well-known/jwks.json`)).json();
    worker = await startTestWorker({
      ca: authority.certificate,
      runTree: runSessionTree,
      env: {
        // The first is not for this platform, and at the second nobody answers.
        ATTESTORS: `http://127.0.0.2:9#platforms=other,http://127.0.0.1:9,${attestor.url}`,
        ATTESTOR_TOKEN: attestor.token,
        LOG_LEVEL: process.env["WITNESS_LOG"] ?? "silent",
        EGRESS_DEV_HOSTS: Object.entries(mapped)
          .map(([name, port]) => `${name}=127.0.0.1:${port}`)
          .join(","),
      },
    });
  });

  afterAll(async () => {
    await worker?.[Symbol.asyncDispose]();
    if (process.env["WITNESS_LOG"]) process.stderr.write(attestor.output);
    await attestor?.[Symbol.asyncDispose]();
    for (const server of servers) server.close();
  });

  async function run(sessionId: string, host: string, prove: object = {}) {
    const definition = definitionFor(host, prove);
    const platformHash = hashPlatform(definition);
    worker.api.send({
      type: "assign",
      sessionId,
      epoch: 1,
      platform: JSON.parse(JSON.stringify(definition)),
      platformHash,
      loginUrl: definition.loginUrl,
      disclosure: "full",
    });
    await worker.api.waitForReport(sessionId, "browser.started");
    worker.api.send({ type: "tree.start", sessionId, epoch: 1 });
    await worker.api.waitForReport(sessionId, "data.extracted");
    const report = worker.api.reportsOf(sessionId).find(({ type }) => type === "data.extracted");
    if (report?.type !== "data.extracted") throw new Error("no data");
    worker.api.send({ type: "release", sessionId, epoch: 1, reason: "finished" });
    return { ...report.result, platformHash };
  }

  it.each([
    ["HTTP/1.1", hosts.old, "http/1.1", "0b2f1c7e-6d0a-4c55-9f57-0a3a3f3f9f01"],
    ["HTTP/2", hosts.new, "h2", "0b2f1c7e-6d0a-4c55-9f57-0a3a3f3f9f02"],
  ])("is witnessed on the browser's own connection over %s", async (_name, host, alpn, sessionId) => {
    const { extractedData, evidence = [], withoutEvidence, platformHash } = await run(sessionId, host);
    expect(extractedData).toEqual({ holder: "Jane Doe", last: "1234" });
    expect(withoutEvidence).toEqual([]);
    const opened = await openEnvelope(evidence[0]?.envelope, jwks);
    expect(opened.statement.predicate).toMatchObject({
      mode: "passive",
      part: "account",
      server_name: host,
      workflow_hash: platformHash,
      tls: { version: "1.3", alpn },
      fields: { holder: expect.any(String), last: expect.any(String) },
    });
  });

  it("is told to be without evidence where the site's TLS gives none, or ends the session where that will not do", async () => {
    const { extractedData, evidence, withoutEvidence } = await run("0b2f1c7e-6d0a-4c55-9f57-0a3a3f3f9f04", hosts.past);
    expect(extractedData).toEqual({ holder: "Jane Doe", last: "1234" });
    expect([evidence, withoutEvidence]).toEqual([[], [{ part: "account", code: "tls_unsuitable" }]]);
    await expect(run("0b2f1c7e-6d0a-4c55-9f57-0a3a3f3f9f05", hosts.past, { required: true })).rejects.toThrow(
      "it failed: ATTESTATION_FAILED",
    );
  });

  it("is asked for once more where its address is to be proved, and the cookie stays secret", async () => {
    const { evidence = [], withoutEvidence } = await run("0b2f1c7e-6d0a-4c55-9f57-0a3a3f3f9f03", hosts.old, {
      mode: "replay",
    });
    expect(withoutEvidence).toEqual([]);
    const { statement } = await openEnvelope(evidence[0]?.envelope, jwks);
    expect(statement.predicate).toMatchObject({ mode: "replay", request: { method: "GET", target: "/api/account" } });
    expect(seen.findLast(({ path }) => path === "/api/account")?.cookie).toBe("visit=one");
  });
});
