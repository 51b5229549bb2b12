import { createdSessionSchema, sessionSchema } from "@attestream/shared/partner-api";
import { afterAll, beforeAll, expect, it } from "vitest";
import { startTestApi, type TestApi } from "../test-support/start-test-api.ts";
import { startWorkerOf } from "../test-support/worker-of.ts";

const ownAddresses = { name: "tenant-bank", id: 3 };
let test: TestApi;
beforeAll(async () => {
  test = await startTestApi(
    { EGRESS_DEV_HOSTS: "tenant.demo.test=127.0.0.1:4101", RATE_LIMIT_CREATES: "1000" },
    { platforms: { [ownAddresses.name]: "allowCustomUrl: true\nsandbox: true" } },
  );
});
afterAll(() => test[Symbol.asyncDispose]());

const create = (body: Record<string, unknown>) =>
  test.call("POST", "/partner/browser-session", { body: { platformId: ownAddresses.id, consent: false, ...body } });

it("is where the worker is sent, and told again; the platform stays as it is", async () => {
  const worker = await startWorkerOf(test);
  const customUrl = "https://Tenant.Example.com/login?org=1";
  const created = await create({ customUrl });
  const { sessionId } = createdSessionSchema.parse(created.body.data);
  expect(await worker.nextOf("assign", sessionId)).toMatchObject({
    loginUrl: "https://tenant.example.com/login?org=1",
    platform: { loginUrl: "https://tenant-bank.example.com/login" },
  });
  const got = await test.call("GET", `/partner/browser-session/${sessionId}`);
  expect(sessionSchema.parse(got.body.data)).toMatchObject({
    customUrl: "https://tenant.example.com/login?org=1",
    platform: { loginUrl: "https://tenant-bank.example.com/login" },
  });

  const plain = createdSessionSchema.parse((await create({})).body.data);
  expect(await worker.nextOf("assign", plain.sessionId)).toMatchObject({
    loginUrl: "https://tenant-bank.example.com/login",
  });
  expect((await test.call("GET", `/partner/browser-session/${plain.sessionId}`)).body.data).not.toHaveProperty(
    "customUrl",
  );
  await worker.stop();
});

it.each([
  "https://tenant.example.com/",
  "https://tenant.example.com:443/login",
  // Named by the operator, as browsers may name them.
  "https://tenant.demo.test/login",
  "https://tenant.demo.test:4101/",
])("%s is taken", async (customUrl) => {
  expect((await create({ customUrl })).status).toBe(201);
});

it.each([
  ["", "is not a URL"],
  ["tenant.example.com", "is not a URL"],
  ["http://tenant.example.com/", "must use https"],
  ["http://tenant.demo.test:4101/", "must use https"],
  ["javascript:alert(1)", "must begin with https://"],
  ["file:///etc/passwd", "must begin with https://"],
  ["https://localhost/", "valid top-level domain"],
  ["https://router.lan/", "valid top-level domain"],
  ["https://other.demo.test/", "valid top-level domain"],
  ["https://tenant.demo.test:4102/", "valid top-level domain"],
  ["https://169.254.169.254/latest/meta-data", "not an IP address"],
  ["https://2130706433/", "not an IP address"],
  ["https://[::1]/", "not an IP address"],
  ["https://me:secret@tenant.example.com/", "user name"],
  ["https://tenant.example.com/#login", "fragment"],
  ["https://tenant.example.com:8443/", "port"],
])("%j is refused and named: %s", async (customUrl, problem) => {
  const { status, body } = await create({ customUrl });
  expect(status).toBe(400);
  expect(body.error).toMatchObject({ code: "custom_url_invalid", param: "customUrl" });
  expect(body.error?.["message"]).toContain(problem);
  expect(JSON.stringify(body)).not.toContain("secret");
});

it("is refused where the platform does not allow it, whatever it is", async () => {
  for (const customUrl of ["https://tenant.example.com/", "nonsense"]) {
    const { status, body } = await create({ platformId: 1, customUrl });
    expect(status).toBe(400);
    expect(body.error).toMatchObject({ code: "custom_url_not_allowed", param: "customUrl" });
  }
});
