import { createServer, type IncomingHttpHeaders } from "node:http";
import type { AddressInfo } from "node:net";
import {
  errorEnvelopeSchema,
  rotatedApiKeySchema,
  rotatedWebhookSecretSchema,
  webhookSecretsSchema,
} from "@attestream/shared/partner-api";
import { Webhook } from "standardwebhooks";
import { describe, expect, it } from "vitest";
import { startTestApi, testKey, type TestApi } from "../test-support/start-test-api.ts";

const hourMs = 3_600_000;
const demo = "demo-partner-key-0123456789";
const firstSecret = `whsec_${Buffer.alloc(32, 7).toString("base64")}`;

const works = async (test: TestApi, key: string) =>
  (await test.call("GET", "/partner/browser-sessions", { key })).status === 200;

describe("rotating the API key", () => {
  async function rotate(test: TestApi, key: string, body: unknown = {}) {
    const answer = await test.call("POST", "/partner/api-keys/rotate", { key, body });
    expect(answer.status).toBe(201);
    return rotatedApiKeySchema.parse(answer.body.data);
  }

  it("gives a key that may do the same; the old one lives on for 24 hours", async () => {
    await using test = await startTestApi();
    const id = await test.createSession();
    const { apiKey, prefix, previous, mode } = await rotate(test, testKey);
    expect(apiKey.startsWith(prefix)).toBe(true);
    expect(mode).toBe("test");
    expect(testKey.startsWith(previous.prefix.replace("…", ""))).toBe(true);
    // Sessions stay the partner's, and the key reaches what the first one did.
    expect((await test.call("GET", `/partner/browser-session/${id}`, { key: apiKey })).status).toBe(200);
    const other = await test.call("POST", "/partner/browser-session", { key: apiKey, body: { platformId: 2 } });
    expect(other.status).toBe(201);
    test.clock.advance(23 * hourMs);
    expect([await works(test, testKey), await works(test, apiKey)]).toEqual([true, true]);
    test.clock.advance(2 * hourMs);
    expect([await works(test, testKey), await works(test, apiKey)]).toEqual([false, true]);
    // A restart with the old key still configured does not bring it back.
    await test.restart();
    expect([await works(test, testKey), await works(test, apiKey)]).toEqual([false, true]);
  });

  it("ends the old one at once with an overlap of 0", async () => {
    await using test = await startTestApi();
    const { apiKey } = await rotate(test, testKey, { overlapHours: 0 });
    expect([await works(test, testKey), await works(test, apiKey)]).toEqual([false, true]);
  });

  it("happens once for a key, however many ask at once, and has an end", async () => {
    await using test = await startTestApi();
    const answers = await Promise.all(
      Array.from({ length: 5 }, () => test.call("POST", "/partner/api-keys/rotate", { body: {} })),
    );
    const won = answers.filter(({ status }) => status === 201);
    expect(won).toHaveLength(1);
    for (const { body } of answers.filter(({ status }) => status !== 201))
      expect(errorEnvelopeSchema.parse(body).error.code).toBe("api_key_rotated");
    let { apiKey } = rotatedApiKeySchema.parse(won[0]?.body.data);
    for (let time = 0; time < 3; time++) ({ apiKey } = await rotate(test, apiKey));
    const refused = await test.call("POST", "/partner/api-keys/rotate", { key: apiKey, body: {} });
    expect([refused.status, refused.body.error?.["code"]]).toEqual([409, "too_many_rotations"]);
  });

  it("refuses an overlap that is none", async () => {
    await using test = await startTestApi();
    for (const overlapHours of [-1, 169, "24", null]) {
      const { status, body } = await test.call("POST", "/partner/api-keys/rotate", { body: { overlapHours } });
      expect([status, errorEnvelopeSchema.parse(body).error.param], JSON.stringify(overlapHours)).toEqual([
        400,
        "overlapHours",
      ]);
    }
  });
});

describe("rotating the webhook secret", () => {
  it("signs with both during the overlap, then with the new one", async () => {
    const received: { headers: IncomingHttpHeaders; body: string }[] = [];
    let arrived: () => void = () => undefined;
    const receiver = createServer((request, response) => {
      let body = "";
      request.setEncoding("utf8").on("data", (text: string) => {
        body += text;
      });
      request.on("end", () => {
        received.push({ headers: request.headers, body });
        response.writeHead(204).end();
        arrived();
      });
    });
    await new Promise<void>((resolve) => receiver.listen(0, "127.0.0.1", resolve));
    const host = `127.0.0.1:${(receiver.address() as AddressInfo).port}`;
    try {
      await using test = await startTestApi({
        DEMO_PARTNER_API_KEY: demo,
        DEMO_PARTNER_WEBHOOK_SECRET: firstSecret,
        WEBHOOK_DEV_HOSTS: host,
      });
      const read = async () =>
        webhookSecretsSchema.parse((await test.call("GET", "/partner/webhook-secrets", { key: demo })).body.data)
          .secrets;
      /** Which of the secrets the next webhook is signed with. */
      const signedWith = async (...secrets: string[]) => {
        const next = new Promise<void>((resolve) => {
          arrived = resolve;
        });
        await test.call("POST", "/partner/webhook-test", { key: demo, body: { webhookUrl: `http://${host}/` } });
        await next;
        const request = received.at(-1);
        return secrets.map((secret) => signatureHolds(secret, request?.body ?? "", request?.headers ?? {}));
      };

      const [before] = await read();
      expect(await signedWith(firstSecret)).toEqual([true]);
      const answer = await test.call("POST", "/partner/webhook-secrets/rotate", {
        key: demo,
        body: { overlapHours: 2 },
      });
      expect(answer.status).toBe(201);
      const { webhookSecret, secrets } = rotatedWebhookSecretSchema.parse(answer.body.data);
      expect(secrets).toMatchObject([{ expiresAt: null }, { fingerprint: before?.fingerprint }]);
      expect(secrets[1]?.expiresAt).not.toBeNull();
      expect(await read()).toEqual(secrets);
      expect(JSON.stringify(await read())).not.toContain("whsec_");
      expect(await signedWith(firstSecret, webhookSecret)).toEqual([true, true]);
      test.clock.advance(3 * hourMs);
      expect(await signedWith(firstSecret, webhookSecret)).toEqual([false, true]);
      expect(await read()).toEqual(secrets.slice(0, 1));

      // Another partner's secret is another one.
      const others = webhookSecretsSchema.parse((await test.call("GET", "/partner/webhook-secrets")).body.data).secrets;
      expect(others.map(({ fingerprint }) => fingerprint)).not.toContain(secrets[0]?.fingerprint);
    } finally {
      receiver.closeAllConnections();
      await new Promise((resolve) => receiver.close(resolve));
    }
  });

  it("has an end", async () => {
    await using test = await startTestApi();
    const rotate = () => test.call("POST", "/partner/webhook-secrets/rotate", { body: {} });
    for (let time = 0; time < 2; time++) expect((await rotate()).status).toBe(201);
    const refused = await rotate();
    expect([refused.status, refused.body.error?.["code"]]).toEqual([409, "too_many_rotations"]);
    const atOnce = await test.call("POST", "/partner/webhook-secrets/rotate", { body: { overlapHours: 0 } });
    expect(rotatedWebhookSecretSchema.parse(atOnce.body.data).secrets).toHaveLength(1);
  });
});

/** The signature itself: a test's clock may be ahead of the library's. */
function signatureHolds(secret: string, body: string, headers: IncomingHttpHeaders): boolean {
  const at = new Date(Number(headers["webhook-timestamp"]) * 1000);
  const expected = new Webhook(secret).sign(String(headers["webhook-id"]), at, body);
  return String(headers["webhook-signature"]).split(" ").includes(expected);
}
