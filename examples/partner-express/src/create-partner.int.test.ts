import { createServer, type RequestListener, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { fileURLToPath } from "node:url";
import { createIssuer, createSigningKey, type AttestationInput } from "@attestream/attestation";
import { bindSession, makeDisclosure, signStatement } from "@attestream/attestation/evidence";
import { createClient } from "@attestream/sdk";
import { Webhook } from "standardwebhooks";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createPartner } from "./create-partner.ts";
import { createVerifications } from "./verifications.ts";

const sessionId = "0d3f1ab2-6c1e-4b8e-9a53-7f1f3f0a9e11";
const secret = `whsec_${Buffer.alloc(24, 7).toString("base64")}`;
const at = "2026-03-24T12:00:00.000Z";
const servers: Server[] = [];
let created: Record<string, unknown>;
let apiUrl: string;
let partnerUrl: string;
let apiIsDown = false;
let attestation: { attestation: string; proofHash: string } | undefined;
/** What lies beside the attestation in the API's answer. */
let beside: Record<string, unknown> = {};
const [signingKey, attestor] = [await createSigningKey(), await createSigningKey()];

async function listen(handler: RequestListener): Promise<string> {
  const server = createServer(handler);
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

const issuerUrl = "https://verify.example";

/** What the API would issue for the session that was created, but for `other`. */
async function issue(other: Partial<AttestationInput> = {}): Promise<string> {
  const issuer = createIssuer({ issuer: issuerUrl, signingKey, now: () => new Date(at), newId: () => "id" });
  attestation = await issuer.issue({
    audience: "partner_1",
    sessionId,
    platform: { id: 7, name: "demo-bank" },
    nonce: String(created["nonce"]),
    externalReferenceId: String(created["externalReferenceId"]),
    receiverData: Object(created["receiverData"]),
    workflow: { name: "demo-bank", version: "1.0.0", hash: "00" },
    result: "complete",
    isolationLevel: "L1",
    browser: { product: "chromium", version: "1" },
    claims: { lastFourDigits: "1234" },
    ...other,
  });
  return attestation.proofHash;
}

const hash = "ab".repeat(32);

/** What an attestor would have seen in this session. */
async function witness(lastFourDigits: string) {
  const salts = { lastFourDigits: Buffer.alloc(16, 1).toString("base64url") };
  const { digest } = await makeDisclosure("lastFourDigits", lastFourDigits, salts.lastFourDigits);
  const seconds = Math.floor(Date.parse(at) / 1000);
  const envelope = await signStatement(
    {
      _type: "https://in-toto.io/Statement/v1",
      subject: [{ name: "connection", digest: { sha256: hash } }],
      predicateType: "urn:attestream:tls-evidence:1",
      predicate: {
        mode: "passive",
        session: await bindSession(sessionId, String(created["nonce"])),
        part: "account",
        server_name: "api.bank.demo.test",
        connected_at: seconds - 2,
        observed_at: seconds - 1,
        http_status: 200,
        tls: { version: "1.3", cipher: "TLS_AES_128_GCM_SHA256", alpn: null },
        certificate: { leaf_spki_sha256: hash, chain_sha256: [hash] },
        transcript: { sent_sha256: hash, received_sha256: hash },
        workflow_hash: hash,
        extractor_hash: hash,
        fields: { lastFourDigits: digest },
      },
    },
    attestor,
  );
  return { envelope, salts };
}

/** The API as far as this partner uses it. */
const api: RequestListener = async (request, response) => {
  let body = "";
  for await (const chunk of request) body += String(chunk);
  const send = (data: unknown) =>
    response.setHeader("content-type", "application/json").end(JSON.stringify({ status: "success", data }));
  if (apiIsDown) {
    const error = {
      type: "capacity",
      code: "storage_unavailable",
      message: "Later.",
      retriable: true,
      requestId: "req_9",
      docUrl: "https://x.example",
    };
    response.writeHead(503).end(JSON.stringify({ status: "error", error }));
  } else if (request.url === "/partner/browser-platforms") {
    send([
      {
        id: 7,
        name: "demo-bank",
        displayName: "Demo Bank",
        description: null,
        icon: null,
        loginUrl: "https://bank.demo.test/login",
        allowCustomUrl: false,
        config: null,
        isActive: true,
        createdAt: at,
        updatedAt: null,
      },
    ]);
  } else if (request.url === "/partner/browser-session") {
    created = JSON.parse(body);
    send({
      sessionId,
      status: "CREATED",
      embedUrl: `http://${request.headers.host}/verify/${sessionId}?token=t`,
      platformId: 7,
      expiresAt: at,
      createdAt: at,
    });
  } else if (request.url === "/.well-known/jwks.json") response.end(JSON.stringify({ keys: [signingKey.publicJwk] }));
  else if (request.url === `/partner/browser-session/${sessionId}/attestation` && attestation) {
    send({
      sessionId,
      format: "dc+sd-jwt",
      attestation: attestation.attestation,
      proofHash: attestation.proofHash,
      issuer: issuerUrl,
      jwksUrl: `${issuerUrl}/jwks`,
      issuedAt: at,
      mode: "signed",
      evidence: [],
      attestorsUrl: `${apiUrl}/.well-known/attestors.json`,
      ...beside,
    });
  } else if (request.url === "/.well-known/attestors.json")
    response.end(JSON.stringify({ keys: [attestor.publicJwk] }));
  else response.writeHead(404).end("{}");
};

beforeEach(async () => {
  apiIsDown = false;
  attestation = undefined;
  beside = {};
  apiUrl = await listen(api);
  partnerUrl = await listen(
    createPartner({
      client: createClient({ baseUrl: apiUrl, apiKey: "key" }),
      verifications: createVerifications(),
      webhookSecret: secret,
      webhookUrl: "http://127.0.0.1:1/webhooks/attestream",
      platformName: "demo-bank",
      frameOrigins: [apiUrl],
      embedScript: fileURLToPath(import.meta.url),
      publicFolder: fileURLToPath(new URL("../public", import.meta.url)),
      clock: () => new Date(at),
    }),
  );
});

afterEach(async () => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
});

const start = () => fetch(`${partnerUrl}/api/verifications`, { method: "POST" });
const record = async () => (await fetch(`${partnerUrl}/api/verifications/${sessionId}`)).json();

function deliver(payload: Record<string, unknown>, by = secret): Promise<Response> {
  const body = JSON.stringify(payload);
  const signature = new Webhook(by).sign("evt_1", new Date(), body);
  const headers = {
    "content-type": "application/json",
    "webhook-id": "evt_1",
    "webhook-timestamp": String(Math.floor(Date.now() / 1000)),
    "webhook-signature": signature,
  };
  return fetch(`${partnerUrl}/webhooks/attestream`, { method: "POST", body, headers });
}

const payload = {
  sessionId,
  status: "COMPLETED",
  extractedData: { lastFourDigits: "1234" },
  completedAt: at,
  event: "session.completed",
  platformId: 7,
  createdAt: at,
};

describe("the demo partner", () => {
  it("starts a verification with its own reference, nonce and webhook, and shows only the frame's address", async () => {
    const response = await start();
    expect(response.status).toBe(201);
    expect(Object.keys(Object(await response.json())).sort()).toEqual(["embedUrl", "sessionId"]);
    expect(created).toMatchObject({
      platformId: 7,
      webhookUrl: "http://127.0.0.1:1/webhooks/attestream",
      nonce: expect.any(String),
      externalReferenceId: expect.stringMatching(/^application-/),
    });
    expect(await record()).toMatchObject({ sessionId, status: "CREATED", webhook: null, attestation: null });
  });

  it("takes a signed webhook once, and streams it to the page", async () => {
    await start();
    const events = await fetch(`${partnerUrl}/api/verifications/${sessionId}/events`);
    expect((await deliver(payload)).status).toBe(204);
    expect((await deliver({ ...payload, status: "ERROR" })).status).toBe(204);
    expect(await record()).toMatchObject({ status: "COMPLETED", webhook: { ok: true, receivedAt: at, payload } });
    // The stream ends by itself once there is nothing more to come.
    const lines = (await events.text()).split("\n").filter((line) => line.startsWith("data: "));
    expect(lines.map((line) => JSON.parse(line.slice(6)).status)).toEqual(["CREATED", "COMPLETED"]);
  });

  it("says so when the attestation that the webhook names cannot be had", async () => {
    await start();
    const events = await fetch(`${partnerUrl}/api/verifications/${sessionId}/events`);
    await deliver({ ...payload, proofHash: "00" });
    await events.text();
    expect(await record()).toMatchObject({ webhook: { ok: true }, attestation: { ok: false, reason: "unavailable" } });
  });

  it("checks the attestation against what it knows of the session itself", async () => {
    await start();
    const events = await fetch(`${partnerUrl}/api/verifications/${sessionId}/events`);
    await deliver({ ...payload, proofHash: await issue() });
    await events.text();
    expect(await record()).toMatchObject({
      attestation: {
        ok: true,
        disclosed: { lastFourDigits: "1234" },
        proven: expect.arrayContaining([expect.anything()]),
      },
    });
  });

  it("checks the evidence beside it, by the attestors that the operator names", async () => {
    await start();
    const events = await fetch(`${partnerUrl}/api/verifications/${sessionId}/events`);
    const evidence = await witness("1234");
    const proofHash = await issue({ evidence: [evidence], workflow: { name: "demo-bank", version: "1", hash } });
    beside = { mode: "passive", evidence: [evidence.envelope] };
    await deliver({ ...payload, proofHash });
    await events.text();
    expect(await record()).toMatchObject({
      attestation: { ok: true, witnessed: { lastFourDigits: { serverName: "api.bank.demo.test", kid: attestor.kid } } },
    });
  });

  it("does not accept evidence that the attestation does not name", async () => {
    await start();
    const events = await fetch(`${partnerUrl}/api/verifications/${sessionId}/events`);
    beside = { evidence: [(await witness("9999")).envelope] };
    await deliver({ ...payload, proofHash: await issue() });
    await events.text();
    expect(await record()).toMatchObject({ attestation: { ok: false, reason: "evidence_not_named" } });
  });

  it.each([
    ["made for another request", { nonce: "another" }, "nonce_mismatch"],
    ["of another platform", { platform: { id: 8, name: "other" } }, "platform_mismatch"],
    ["about somebody else", { receiverData: { name: "John Doe" } }, "subject_mismatch"],
  ])("does not accept an attestation %s", async (_what, other, reason) => {
    await start();
    const events = await fetch(`${partnerUrl}/api/verifications/${sessionId}/events`);
    await deliver({ ...payload, proofHash: await issue(other) });
    await events.text();
    expect(await record()).toMatchObject({ attestation: { ok: false, reason } });
  });

  it("refuses a forged webhook, and one without a body", async () => {
    await start();
    expect((await deliver(payload, `whsec_${Buffer.alloc(24, 9).toString("base64")}`)).status).toBe(400);
    expect((await fetch(`${partnerUrl}/webhooks/attestream`, { method: "POST" })).status).toBe(400);
    expect(await record()).toMatchObject({ status: "CREATED", webhook: null });
  });

  it("tells the page why a verification could not be started", async () => {
    apiIsDown = true;
    const response = await start();
    expect(response.status).toBe(502);
    expect(await response.json()).toEqual({ error: "Later. (storage_unavailable, request req_9)" });
  });

  it("frames the API's origin and nothing else, and knows nothing of other sessions", async () => {
    const page = await fetch(partnerUrl);
    expect(page.headers.get("content-security-policy")).toMatch(/frame-src http:\/\/127\.0\.0\.1:\d+;/);
    expect(await page.text()).toContain("Verify your account");
    const other = "11111111-6c1e-4b8e-9a53-7f1f3f0a9e11";
    expect((await fetch(`${partnerUrl}/api/verifications/${other}`)).status).toBe(404);
    expect((await fetch(`${partnerUrl}/api/verifications/${other}/events`)).status).toBe(204);
    expect((await deliver({ ...payload, sessionId: other })).status).toBe(204);
  });
});
