import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, beforeEach, expect, it } from "vitest";
import { askGateway } from "./ask-gateway.ts";

let answer: { status: number; body: string };
let asked: { url: string | undefined; authorization: string | undefined }[];
const server = createServer((request, response) => {
  asked.push({ url: request.url, authorization: request.headers.authorization });
  response.writeHead(answer.status).end(answer.body);
});
beforeEach(async () => {
  asked = [];
  await once(server.listen(0, "127.0.0.1"), "listening");
});
afterEach(() => server.close().closeAllConnections());
const resolve = (name: string) =>
  askGateway({
    secure: false,
    host: "127.0.0.1",
    port: (server.address() as AddressInfo).port,
    authorization: "Basic eA==",
  })(name);

it("has the gateway resolve a name, with the token", async () => {
  answer = { status: 200, body: JSON.stringify({ addresses: ["203.0.113.7", "2001:db8::7"] }) };
  expect(await resolve("a.example.com")).toEqual(["203.0.113.7", "2001:db8::7"]);
  expect(asked).toEqual([{ url: "/resolve?name=a.example.com", authorization: "Basic eA==" }]);
});

it.each([
  { status: 404, body: "{}" },
  { status: 200, body: "no json" },
  { status: 200, body: JSON.stringify({ addresses: [] }) },
  { status: 200, body: JSON.stringify({ addresses: ["name.example.com"] }) },
  { status: 200, body: "x".repeat(20_000) },
])("takes nothing else for an answer: $status $body", async (wrong) => {
  answer = wrong;
  await expect(resolve("a.example.com")).rejects.toThrow("did not resolve");
});
