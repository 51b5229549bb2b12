import { createAnswerCheck, type Document } from "@attestream/conformance";
import { Validator } from "@seriousme/openapi-schema-validator";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startTestApi, type TestApi } from "../test-support/start-test-api.ts";
import { startWorkerOf } from "../test-support/worker-of.ts";
import { operations } from "./operations.ts";

let test: TestApi;
let document: Document;
beforeAll(async () => {
  test = await startTestApi();
  document = (await test.call("GET", "/openapi.json", { key: null })).body as unknown as Document;
});
afterAll(() => test[Symbol.asyncDispose]());

describe("/openapi.json", () => {
  it("is a valid OpenAPI 3.1 document", async () => {
    expect(await new Validator().validate(structuredClone(document) as never)).toEqual({ valid: true });
    expect(document.openapi).toMatch(/^3\.1\./);
  });

  it("lets no reference lead to nothing, and names no schema that nothing uses", () => {
    const text = JSON.stringify(document);
    const references = new Set([...text.matchAll(/"\$ref":"#\/components\/schemas\/(\w+)"/g)].map(([, name]) => name));
    for (const name of references) expect(document.components.schemas).toHaveProperty(name!);
    expect(references).toEqual(new Set(Object.keys(document.components.schemas)));
  });

  it("makes no field required in a request that has a default", () => {
    expect(document.components.schemas["CreateSessionRequest"]).toMatchObject({ required: ["platformId"] });
  });

  it("describes what is there: every operation is known to the server", async () => {
    // Those that need a query, or the id of something that is not there yet.
    const refused: Record<string, number> = {
      proveInclusion: 400,
      proveConsistency: 400,
      listLogEntries: 400,
      getStatusList: 404,
    };
    for (const { id, method, path, partner } of operations) {
      const { status } = await test.call(method.toUpperCase(), path.replace(":id", crypto.randomUUID()), { key: null });
      expect([path, status]).toEqual([path, partner ? 401 : (refused[id] ?? 200)]);
    }
  });
});

describe("real answers are as documented", () => {
  // `call` throws where one is not.
  it("for a whole session", async () => {
    await using worker = Object.assign(await startWorkerOf(test, { auto: { viewer: true } }), {
      [Symbol.asyncDispose]: () => worker.stop(),
    });
    await test.call("GET", "/partner/browser-platforms");
    const id = await test.createSession({ externalReferenceId: "a", metadata: { a: [1] }, unknown: 1 });
    await test.reached(id, "COMPLETED");
    const { body } = await test.call("GET", `/partner/browser-session/${id}`);
    expect(body.data).toMatchObject({ status: "COMPLETED", hasAttestation: true });
    expect((await test.call("GET", `/partner/browser-session/${id}/attestation`)).status).toBe(200);
    expect((await test.call("POST", `/partner/browser-session/${id}/terminate`)).status).toBe(409);
    expect((await test.call("GET", "/.well-known/jwks.json")).status).toBe(200);
    expect((await test.call("GET", "/partner/browser-sessions")).status).toBe(200);
  });

  it("and the check finds what is not", () => {
    const check = createAnswerCheck(document);
    const good = {
      method: "GET",
      path: "/healthz",
      status: 200,
      contentType: "application/json",
      body: { status: "ok" },
    };
    expect(check(good)).toBeNull();
    expect(check({ ...good, status: 418 })).toContain("not documented");
    expect(check({ ...good, body: { status: "ok", more: 1 } })).toContain("otherwise than documented");
    expect(check({ ...good, contentType: "text/html" })).toContain("as text/html");
  });
});

describe("/docs", () => {
  it("shows every operation and every field, and loads nothing", async () => {
    const response = await fetch(`http://127.0.0.1:${test.api.port}/docs`);
    const text = await response.text();
    expect(response.headers.get("content-security-policy")).toMatch(/^default-src 'none'; style-src 'sha256-/);
    for (const { id } of operations) expect(text).toContain(`id="${id}"`);
    for (const field of [
      "expiresInHours",
      "platform.loginUrl",
      "sessions[].completedAt",
      "[].allowCustomUrl",
      "proofHash",
    ])
      expect(text).toContain(`<code>${field}</code>`);
    expect(text).not.toMatch(/<script|\sstyle=|\son[a-z]+=|src=|href="https?:|undefined|\[object/);
  });
});
