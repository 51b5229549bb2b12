import { createServer, request, type Server } from "node:http";
import { connect, type AddressInfo } from "node:net";
import { pino } from "pino";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createEgressPolicy } from "./egress-policy.ts";
import { EgressProxy } from "./egress-proxy.ts";

const log = pino({ level: "silent" });

describe("the egress proxy", () => {
  let site: Server;
  let sitePort: number;
  let requests: string[];
  const proxies: EgressProxy[] = [];

  beforeEach(async () => {
    requests = [];
    site = createServer((incoming, response) => {
      requests.push(`${incoming.method} ${incoming.headers.host} ${incoming.url}`);
      response.writeHead(200, { "content-type": "text/plain" }).end("from the site");
    });
    await new Promise<void>((resolve) => {
      site.listen(0, "127.0.0.1", resolve);
    });
    sitePort = (site.address() as AddressInfo).port;
  });
  afterEach(async () => {
    for (const proxy of proxies.splice(0)) await proxy.close();
    site.closeAllConnections();
    site.close();
  });

  async function startProxy(options: { uid?: number; answers?: string[] } = {}): Promise<EgressProxy> {
    const proxy = new EgressProxy({ uid: options.uid, resolve: async () => options.answers ?? [], log });
    await proxy.listen();
    proxies.push(proxy);
    return proxy;
  }

  const policy = () =>
    createEgressPolicy({
      allow: ["bank.test", "elsewhere.test"],
      devHosts: new Map([["bank.test", { address: "127.0.0.1", port: sitePort }]]),
    });

  function get(proxy: EgressProxy, url: string): Promise<{ status: number; body: string }> {
    return new Promise((resolve, reject) => {
      const sent = request(
        { host: "127.0.0.1", port: proxy.port, path: url, headers: { host: new URL(url).host } },
        (response) => {
          let body = "";
          response.on("data", (chunk: Buffer) => {
            body += chunk.toString();
          });
          response.on("end", () => resolve({ status: response.statusCode ?? 0, body }));
        },
      );
      sent.on("error", reject);
      sent.end();
    });
  }

  /** Sends raw text and gives all that comes back until the proxy closes. */
  function exchange(proxy: EgressProxy, text: string): Promise<string> {
    return new Promise((resolve) => {
      const socket = connect(proxy.port, "127.0.0.1", () => socket.write(text));
      let answer = "";
      socket.on("data", (chunk: Buffer) => {
        answer += chunk.toString();
      });
      socket.on("error", () => {});
      socket.on("close", () => resolve(answer));
    });
  }

  it("refuses everything before a policy is set", async () => {
    const proxy = await startProxy();
    expect(await get(proxy, "http://bank.test/")).toEqual({ status: 403, body: "" });
    expect(proxy.report).toMatchObject({
      refused: 1,
      refusals: [{ host: "bank.test", reason: "no policy", count: 1 }],
    });
  });

  it("forwards plain http to a development host under its own name", async () => {
    const proxy = await startProxy();
    proxy.setPolicy(policy());
    expect(await get(proxy, "http://bank.test/a?b=c")).toEqual({ status: 200, body: "from the site" });
    expect(requests).toEqual(["GET bank.test /a?b=c"]);
  });

  it("tunnels bytes both ways, also those that came with the request", async () => {
    const proxy = await startProxy();
    proxy.setPolicy(policy());
    const answer = await exchange(
      proxy,
      "CONNECT bank.test:443 HTTP/1.1\r\nHost: bank.test:443\r\n\r\nGET /tunnelled HTTP/1.1\r\nHost: inner\r\nConnection: close\r\n\r\n",
    );
    expect(answer).toContain("200 Connection established");
    expect(answer).toContain("from the site");
    expect(requests).toEqual(["GET inner /tunnelled"]);
  });

  it.each([["127.0.0.1"], ["93.184.216.34", "10.0.0.1"], ["::ffff:127.0.0.1"]])(
    "refuses an allowed name that resolves to %s",
    async (...answers) => {
      const proxy = await startProxy({ answers });
      proxy.setPolicy(policy());
      expect(await exchange(proxy, "CONNECT elsewhere.test:443 HTTP/1.1\r\n\r\n")).toContain("403 Forbidden");
      expect(proxy.report.refusals).toEqual([{ host: "elsewhere.test", reason: "address", count: 1 }]);
    },
  );

  it.each([
    "CONNECT 127.0.0.1:443 HTTP/1.1\r\n\r\n",
    "CONNECT bank.test HTTP/1.1\r\n\r\n",
    "CONNECT bank.test:22 HTTP/1.1\r\n\r\n",
    "CONNECT [::1]:443 HTTP/1.1\r\n\r\n",
  ])("refuses %j", async (text) => {
    const proxy = await startProxy();
    proxy.setPolicy(policy());
    expect(await exchange(proxy, text)).toContain("403 Forbidden");
    expect(requests).toEqual([]);
  });

  it.each(["http://127.0.0.1:1/", "http://2130706433/", "http://169.254.169.254/latest/meta-data"])(
    "does not forward %s",
    async (url) => {
      const proxy = await startProxy();
      proxy.setPolicy(policy());
      expect((await get(proxy, url)).status).toBe(403);
    },
  );

  it("serves no other user's connection", async () => {
    const own = process.getuid?.() ?? -1;
    const mine = await startProxy({ uid: own });
    const theirs = await startProxy({ uid: own + 1 });
    mine.setPolicy(policy());
    theirs.setPolicy(policy());
    expect((await get(mine, "http://bank.test/")).status).toBe(200);
    expect((await get(theirs, "http://bank.test/")).status).toBe(403);
  });

  it("closes what is open when its slot ends", async () => {
    const proxy = await startProxy();
    proxy.setPolicy(policy());
    const open = exchange(proxy, "CONNECT bank.test:443 HTTP/1.1\r\n\r\n");
    await new Promise<void>((resolve) => {
      site.once("connection", () => resolve());
    });
    await proxy.close();
    proxies.length = 0;
    await open;
    await expect(get(proxy, "http://bank.test/")).rejects.toThrow();
  });
});
