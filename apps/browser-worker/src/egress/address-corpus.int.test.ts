import { once } from "node:events";
import { createServer, connect, type AddressInfo, type Server } from "node:net";
import { createAddressGuard, dialAddress } from "@attestream/address-guard";
import { acceptedUrls, publicAddresses, refusedAddresses, refusedUrls } from "@attestream/address-guard/corpus";
import { pino } from "pino";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { defaultEgressLimits } from "./egress-limits.ts";
import { createEgressPolicy } from "./egress-policy.ts";
import { EgressProxy } from "./egress-proxy.ts";

/** Whatever the proxy would dial is noted, and lands here: nothing of this test leaves the machine. */
describe("the egress proxy, on the whole corpus", () => {
  let sink: Server;
  let proxy: EgressProxy;
  let dialled: string[];
  let answers: readonly string[];

  beforeAll(async () => {
    sink = createServer((socket) => socket.on("error", () => {}).end());
    await once(sink.listen(0, "127.0.0.1"), "listening");
    proxy = new EgressProxy({
      uid: undefined,
      resolve: async () => [...answers],
      guard: createAddressGuard({ ownAddresses: () => new Set() }),
      limits: { ...defaultEgressLimits, connectionsPerSecond: 1_000 },
      dial: (address) => {
        dialled.push(address);
        return dialAddress("127.0.0.1", (sink.address() as AddressInfo).port);
      },
      log: pino({ level: "silent" }),
    });
    await proxy.listen();
  });
  beforeEach(() => {
    dialled = [];
  });
  afterAll(async () => {
    await proxy.close();
    sink.close();
  });

  function send(text: string): Promise<string> {
    return new Promise((resolve) => {
      const socket = connect(proxy.port, "127.0.0.1", () => socket.write(text));
      let answer = "";
      socket.on("data", (chunk: Buffer) => {
        answer += chunk.toString();
      });
      socket.on("error", () => {});
      socket.on("close", () => resolve(answer.slice(9, 12)));
    });
  }

  /** As a browser asks, and as one asks that reads the URL otherwise; every host is on the list. */
  async function ask(url: string): Promise<string[]> {
    const read = URL.parse(url)?.hostname;
    const written = /^https:[/\\]*(?:[^/\\]*@)?([^/\\]*)/i.exec(url)?.[1]?.replace(/:443$/, "");
    const hosts = new Set([read, written].filter((host) => host !== undefined && /^[\x21-\x7e]+$/.test(host)));
    const statuses: string[] = [];
    for (const host of hosts) {
      proxy.setPolicy(createEgressPolicy({ allow: [host ?? ""], devHosts: new Map() }));
      statuses.push(await send(`CONNECT ${host}:443 HTTP/1.1\r\n\r\n`));
      statuses.push(await send(`GET http://${host}/ HTTP/1.1\r\nHost: ${host}\r\n\r\n`));
    }
    return statuses;
  }

  it.each(refusedUrls)("does not go to $url: $what", async ({ url, answers: given = ["93.184.216.34"] }) => {
    answers = given;
    for (const status of await ask(url)) expect(status).toMatch(/^(403|502|400)$/);
    expect(dialled).toEqual([]);
  });

  it.each(acceptedUrls)("goes to $url: $what", async ({ url, answers: given = [] }) => {
    answers = given;
    const host = new URL(url).hostname;
    proxy.setPolicy(createEgressPolicy({ allow: [host], devHosts: new Map() }));
    expect(await send(`CONNECT ${host}:443 HTTP/1.1\r\n\r\n`)).toBe("200");
    expect(dialled).toEqual([given[0]]);
  });

  it("dials no bad address and every good one", async () => {
    proxy.setPolicy(createEgressPolicy({ allow: ["site.example.com"], devHosts: new Map() }));
    const connectTo = () => send("CONNECT site.example.com:443 HTTP/1.1\r\n\r\n");
    for (const { address } of refusedAddresses) {
      answers = [address];
      expect(await connectTo(), address).toBe("403");
      answers = ["93.184.216.34", address];
      expect(await connectTo(), address).toBe("403");
    }
    expect(dialled).toEqual([]);
    for (const { address } of publicAddresses) {
      answers = [address];
      expect(await connectTo(), address).toBe("200");
    }
    expect(dialled).toEqual(publicAddresses.map(({ address }) => address));
  });
});
