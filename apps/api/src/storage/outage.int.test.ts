import { startPostgres } from "@attestream/testkit";
import { expect, it } from "vitest";
import { startTestApi } from "../test-support/start-test-api.ts";

it("answers 503 and when to come back while the database is away, and stays alive", async () => {
  const server = await startPostgres();
  const test = await startTestApi({ DATABASE_URL: server.url });
  try {
    const id = await test.createSession();
    expect((await test.call("GET", "/readyz", { key: null })).status).toBe(200);
    await server[Symbol.asyncDispose]();
    const { status, body, headers } = await test.call("GET", `/partner/browser-session/${id}`);
    expect(status).toBe(503);
    expect(body.error).toMatchObject({ code: "storage_unavailable", retriable: true });
    expect(JSON.stringify(body)).not.toMatch(/postgres|ECONN|ENOENT/);
    expect(Number(headers.get("retry-after"))).toBeGreaterThan(0);
    expect((await test.call("GET", "/readyz", { key: null })).status).toBe(503);
    expect((await test.call("GET", "/healthz", { key: null })).status).toBe(200);
  } finally {
    await test[Symbol.asyncDispose]();
    await server[Symbol.asyncDispose]();
  }
});
