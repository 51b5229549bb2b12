import { once } from "node:events";
import { request } from "node:http";
import type { IncomingMessage } from "node:http";
import { errorEnvelopeSchema } from "@attestream/shared/partner-api";
import { afterAll, beforeAll, expect, it } from "vitest";
import { WebSocket } from "ws";
import { startTestApi, testKey, type TestApi } from "../test-support/start-test-api.ts";

let test: TestApi;
beforeAll(async () => {
  test = await startTestApi({ PUBLIC_URL: "https://verify.example.com", ALLOWED_HOSTS: "api.internal" });
});
afterAll(() => test[Symbol.asyncDispose]());

/** As a page would ask whose name was pointed to our address. */
async function ask(host: string, path: string): Promise<{ status: number | undefined; body: unknown }> {
  const asked = request({ host: "127.0.0.1", port: test.api.port, path, headers: { host, "x-api-key": testKey } });
  asked.end();
  const [response] = (await once(asked, "response")) as [IncomingMessage];
  let text = "";
  for await (const part of response.setEncoding("utf8")) text += part;
  return { status: response.statusCode, body: text.startsWith("{") ? JSON.parse(text) : text };
}

it.each([
  "/partner/browser-sessions",
  "/",
  "/docs",
  "/.well-known/jwks.json",
  `/verify/${crypto.randomUUID()}`,
  "/none",
])("%s is not answered under another's name", async (path) => {
  const { status, body } = await ask(`rebound.example:${test.api.port}`, path);
  expect(status).toBe(421);
  expect(errorEnvelopeSchema.parse(body).error).toMatchObject({
    code: "host_refused",
    message: expect.stringContaining("ALLOWED_HOSTS"),
  });
});

it.each(["verify.example.com", "api.internal:4000", "localhost:1", "127.0.0.1"])(
  "requests for %s are answered",
  async (host) => expect((await ask(host, "/partner/browser-sessions")).status).toBe(200),
);

it("probes are answered under any name", async () => {
  expect((await ask("10-0-0-7.pods.cluster", "/healthz")).status).toBe(200);
  expect((await ask("10-0-0-7.pods.cluster", "/readyz")).status).toBe(200);
});

it("a stream is not opened under another's name", async () => {
  const socket = new WebSocket(`ws://127.0.0.1:${test.api.port}/session/${crypto.randomUUID()}`, {
    headers: { host: "rebound.example" },
  });
  socket.on("error", () => {});
  const [, response] = (await once(socket, "unexpected-response")) as [unknown, { statusCode: number }];
  expect(response.statusCode).toBe(421);
  socket.terminate();
});
