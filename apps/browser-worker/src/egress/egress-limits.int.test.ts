import { once } from "node:events";
import { createServer, connect, type AddressInfo, type Server, type Socket } from "node:net";
import { pino } from "pino";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { defaultEgressLimits, type EgressLimits } from "./egress-limits.ts";
import { createEgressPolicy } from "./egress-policy.ts";
import { EgressProxy } from "./egress-proxy.ts";

const connectTo = (host: string) => `CONNECT ${host}:443 HTTP/1.1\r\nHost: ${host}:443\r\n\r\n`;

describe("a session that takes more than its share of the net", () => {
  let site: Server;
  let serve: (socket: Socket) => void;
  let proxy: EgressProxy;

  beforeEach(async () => {
    serve = (socket) => socket.pipe(socket);
    site = createServer({ allowHalfOpen: true }, (socket) => {
      socket.on("error", () => {});
      serve(socket);
    });
    await once(site.listen(0, "127.0.0.1"), "listening");
  });
  afterEach(async () => {
    await proxy.close();
    site.close();
  });

  async function start(limits: Partial<EgressLimits>): Promise<void> {
    proxy = new EgressProxy({
      uid: undefined,
      resolve: async () => [],
      limits: { ...defaultEgressLimits, ...limits },
      log: pino({ level: "silent" }),
    });
    await proxy.listen();
    beginSession();
  }

  function beginSession(): void {
    const { port } = site.address() as AddressInfo;
    proxy.setPolicy(
      createEgressPolicy({ allow: ["bank.test"], devHosts: new Map([["bank.test", { address: "127.0.0.1", port }]]) }),
    );
  }

  /** An open tunnel, the proxy's answer, and what of the site's came with it is given back to be read. */
  async function open(host = "bank.test"): Promise<{ socket: Socket; status: string }> {
    const socket = connect({ port: proxy.port, host: "127.0.0.1", allowHalfOpen: true });
    socket.on("error", () => {});
    socket.write(connectTo(host));
    const [head] = (await once(socket, "data")) as [Buffer];
    socket.pause();
    socket.unshift(head.subarray(head.indexOf("\r\n\r\n") + 4));
    return { socket, status: head.toString("latin1", 9, 12) };
  }

  async function readAll(socket: Socket): Promise<number> {
    let bytes = 0;
    socket.on("data", (chunk: Buffer) => {
      bytes += chunk.length;
    });
    socket.once("end", () => socket.end());
    socket.resume();
    if (!socket.closed) await once(socket, "close");
    return bytes;
  }

  it("has so many connections at once, and another when one has gone", async () => {
    await start({ connections: 3 });
    const first = await Promise.all([open(), open(), open()]);
    expect(first.map(({ status }) => status)).toEqual(["200", "200", "200"]);
    expect((await open()).status).toBe("503");
    expect(proxy.report.refusals).toEqual([{ host: "bank.test", reason: "too many connections", count: 1 }]);
    expect(proxy.blockedHosts.size).toBe(0);
    first[0]?.socket.destroy();
    await expect.poll(async () => (await open()).status).toBe("200");
  });

  it("has so many new ones, by tunnel or not, and the next session has its own", async () => {
    await start({ connectionsPerSecond: 1e-6 + 2 });
    const statuses = await Promise.all(Array.from({ length: 20 }, () => open().then(({ status }) => status)));
    const taken = statuses.filter((status) => status === "200").length;
    expect(taken).toBeGreaterThanOrEqual(4);
    expect(statuses.filter((status) => status === "503").length).toBe(20 - taken);
    beginSession();
    expect(proxy.report).toEqual({ connections: 0, bytesUp: 0, bytesDown: 0, refused: 0, refusals: [] });
    expect((await open()).status).toBe("200");
  });

  it("gets its bytes slowly, and all of them", async () => {
    await start({ bytesPerSecond: 2 ** 20 });
    serve = (socket) => socket.end(Buffer.alloc(1.25 * 2 ** 20));
    const { socket } = await open();
    expect(await readAll(socket)).toBe(1.25 * 2 ** 20);
    socket.destroy();
    expect(proxy.report).toMatchObject({ bytesDown: 1.25 * 2 ** 20, refused: 0 });
  });

  it("gets no byte beyond its share: what is open is closed, what is new is refused", async () => {
    await start({ bytes: 2 ** 20 });
    serve = (socket) => socket.write(Buffer.alloc(4 * 2 ** 20));
    const [one, two] = await Promise.all([open(), open()]);
    const [first, second] = await Promise.all([readAll(one.socket), readAll(two.socket)]);
    expect(first + second).toBeLessThanOrEqual(2 ** 20);
    expect((await open()).status).toBe("503");
    expect(proxy.report.refusals).toMatchObject([{ host: "bank.test", reason: "too many bytes" }]);
    expect(proxy.report.refused).toBe(3);
  });

  it("loses a connection over which nothing goes, whoever is silent", async () => {
    await start({ idleMs: 100, connections: 1 });
    serve = () => {};
    const { socket, status } = await open();
    expect(status).toBe("200");
    await readAll(socket);
    await expect.poll(async () => (await open()).status).toBe("200");
  });

  it("gets the rest of an answer from a site that has hung up, though it reads slowly", async () => {
    await start({});
    const size = 3 * 2 ** 20;
    let ended = false;
    serve = (socket) => {
      socket.once("close", () => {
        ended = true;
      });
      socket.end(Buffer.alloc(size));
    };
    const { socket } = await open();
    socket.end();
    // The kernel's buffers hold less than the answer: some of it waits in the proxy while the site goes on to its end.
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(await readAll(socket)).toBe(size);
    await expect.poll(() => ended).toBe(true);
  });

  it("tells of a refusal its host and nothing else", async () => {
    await start({});
    const ask = async (text: string) => {
      const socket = connect(proxy.port, "127.0.0.1");
      socket.write(text);
      await readAll(socket);
    };
    await ask("GET http://evil.test/path?password=hunter2#x HTTP/1.1\r\nHost: evil.test\r\n\r\n");
    await ask("CONNECT evil.test/path?password=hunter2:443 HTTP/1.1\r\n\r\n");
    await ask("CONNECT user:hunter2@evil.test:443 HTTP/1.1\r\n\r\n");
    const { refusals } = proxy.report;
    expect(refusals).toEqual([
      { host: "(malformed)", reason: "malformed", count: 2 },
      { host: "evil.test", reason: "not allowed", count: 1 },
    ]);
  });
});
