import { once } from "node:events";
import { createServer, connect, type AddressInfo, type Server } from "node:net";
import { dialAddress, type AddressGuard } from "@attestream/address-guard";
import { pino } from "pino";
import { afterAll, beforeAll, expect, it } from "vitest";
import { defaultEgressLimits } from "./egress-limits.ts";
import { createEgressPolicy } from "./egress-policy.ts";
import { EgressProxy } from "./egress-proxy.ts";

const flips = 1_000;
const atOnce = 20;
const good = "127.0.0.2";
const bad = "127.0.0.3";
/** Two addresses of this machine stand for one of the internet and one of the inside: the connections are real. */
const guard: AddressGuard = { isPublic: (address) => address === good, isDevelopment: () => false };

async function count(address: string, port: number): Promise<{ server: Server; connections: () => number }> {
  let connections = 0;
  const server = createServer((socket) => {
    connections += 1;
    socket.on("error", () => {});
    socket.end();
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
  site.server.close();
  canary.server.close();
});

it(`a name that flips its answer ${flips} times never leads inside`, async () => {
  let asked = 0;
  const answers = [[good], [bad], [good, bad], [bad, good]];
  const proxy = new EgressProxy({
    uid: undefined,
    // Every question gets another answer than the one before: asking twice for one connection would show.
    resolve: async () => answers[asked++ % answers.length] ?? [],
    guard,
    limits: { ...defaultEgressLimits, connectionsPerSecond: flips },
    dial: (address) => dialAddress(address, port),
    log: pino({ level: "silent" }),
  });
  await proxy.listen();
  proxy.setPolicy(createEgressPolicy({ allow: ["flip.example.com"], devHosts: new Map() }));
  const ask = () =>
    new Promise<string>((resolve) => {
      const socket = connect(proxy.port, "127.0.0.1", () =>
        socket.write("CONNECT flip.example.com:443 HTTP/1.1\r\n\r\n"),
      );
      let answer = "";
      socket.on("data", (chunk: Buffer) => {
        answer += chunk.toString();
      });
      socket.on("error", () => {});
      socket.on("close", () => resolve(answer.slice(9, 12)));
    });
  const statuses: string[] = [];
  for (let done = 0; done < flips; done += atOnce)
    statuses.push(...(await Promise.all(Array.from({ length: atOnce }, ask))));
  await proxy.close();
  expect(asked).toBe(flips);
  expect(canary.connections()).toBe(0);
  expect(statuses.filter((status) => status === "200").length).toBe(flips / answers.length);
  expect(statuses.filter((status) => status === "403").length).toBe(flips - flips / answers.length);
  expect(site.connections()).toBe(flips / answers.length);
  // The canary would have told.
  await once(connect(port, bad).resume(), "close");
  expect(canary.connections()).toBe(1);
});
