import { once } from "node:events";
import { createServer, type Server } from "node:http";
import { connect, type AddressInfo } from "node:net";
import type { AddressGuard } from "@attestream/address-guard";
import { afterAll, beforeAll, expect, it } from "vitest";
import { createPostWebhook } from "./post-webhook.ts";

const flips = 1_000;
const atOnce = 20;
const good = "127.0.0.4";
const bad = "127.0.0.5";
/** Two addresses of this machine stand for one of the internet and one of the inside: the connections are real. */
const guard: AddressGuard = { isPublic: (address) => address === good, isDevelopment: () => false };

async function count(address: string, port: number): Promise<{ server: Server; connections: () => number }> {
  let connections = 0;
  const server = createServer((request, response) => {
    request.resume();
    response.end();
  }).on("connection", () => {
    connections += 1;
  });
  await once(server.listen(port, address), "listening");
  return { server, connections: () => connections };
}

let site: Awaited<ReturnType<typeof count>>;
let canary: Awaited<ReturnType<typeof count>>;
let port: number;
beforeAll(async () => {
  site = await count(good, 0);
  ({ port } = site.server.address() as AddressInfo);
  canary = await count(bad, port);
});
afterAll(() => {
  for (const { server } of [site, canary]) {
    server.closeAllConnections();
    server.close();
  }
});

it(`a receiver whose name flips its answer ${flips} times gets nothing inside`, async () => {
  let asked = 0;
  const answers = [[good], [bad], [good, bad], [bad, good]];
  const post = createPostWebhook({
    devHosts: [`flip.test:${port}`],
    guard,
    resolve: async () => answers[asked++ % answers.length] ?? [],
    now: () => new Date(),
  });
  const ends: string[] = [];
  const { signal } = new AbortController();
  for (let done = 0; done < flips; done += atOnce) {
    const outcomes = await Promise.all(
      Array.from({ length: atOnce }, () => post(`http://flip.test:${port}/hook`, {}, "{}", signal)),
    );
    ends.push(...outcomes.map((outcome) => (outcome.ok ? "sent" : outcome.reason)));
  }
  expect(asked).toBe(flips);
  expect(canary.connections()).toBe(0);
  expect(site.connections()).toBe(flips / answers.length);
  expect(ends.filter((end) => end === "sent").length).toBe(flips / answers.length);
  expect(ends.filter((end) => end === "address_refused").length).toBe(flips - flips / answers.length);
  const probe = connect(port, bad);
  await once(canary.server, "connection");
  probe.destroy();
  expect(canary.connections()).toBe(1);
});
