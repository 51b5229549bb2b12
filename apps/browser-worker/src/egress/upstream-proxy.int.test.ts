import { once } from "node:events";
import { createServer as createHttp, type IncomingMessage, type Server } from "node:http";
import { createServer as createHttps } from "node:https";
import { connect, createServer, type AddressInfo, type Socket } from "node:net";
import { createCertificateAuthority } from "@attestream/testkit";
import { pino } from "pino";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { AddressGuard } from "@attestream/address-guard";
import { createEgressPolicy } from "./egress-policy.ts";
import { EgressProxy } from "./egress-proxy.ts";
import type { UpstreamProxy } from "./upstream-proxy.ts";

const publicOne = "127.0.0.6";
/** One address of this machine stands for one of the internet. */
const guard: AddressGuard = { isPublic: (address) => address === publicOne, isDevelopment: () => false };

describe("an upstream proxy", () => {
  let upstream: Server;
  let asked: { target: string; authorization: string | undefined }[];
  let answer: (request: IncomingMessage, socket: Socket) => void;
  let site: ReturnType<typeof createServer>;
  let proxy: EgressProxy;
  let lines: string[];
  const open: Socket[] = [];

  beforeEach(async () => {
    asked = [];
    lines = [];
    site = createServer((socket) => {
      socket.on("error", () => {});
      socket.once("data", (chunk: Buffer) => socket.end(`site got ${chunk.toString()}`));
    });
    await once(site.listen(0, publicOne), "listening");
    // Says in one piece that the tunnel is open and what comes through it.
    answer = (_request, socket) => {
      const onward = connect((site.address() as AddressInfo).port, publicOne, () => {
        socket.write("HTTP/1.1 200 Connection established\r\n\r\nhello ");
        socket.pipe(onward).pipe(socket);
      });
      onward.on("error", () => socket.destroy());
      socket.on("error", () => onward.destroy());
    };
    const log = pino({ level: "info" }, { write: (line: string) => void lines.push(line) });
    proxy = new EgressProxy({ uid: undefined, resolve: async (name) => answers[name] ?? [], guard, log });
    await proxy.listen();
  });
  afterEach(async () => {
    await proxy.close();
    for (const socket of open.splice(0)) socket.destroy();
    upstream.closeAllConnections();
    upstream.close();
    site.close();
  });

  const answers: Record<string, string[]> = {
    "site.example.com": [publicOne],
    "inside.example.com": ["10.0.0.1"],
    "both.example.com": [publicOne, "10.0.0.1"],
  };

  async function start(server: Server): Promise<UpstreamProxy> {
    upstream = server;
    server.on("connect", (request, socket: Socket) => {
      open.push(socket);
      asked.push({ target: request.url ?? "", authorization: request.headers["proxy-authorization"] });
      answer(request, socket);
    });
    await once(server.listen(0, "127.0.0.1"), "listening");
    return {
      secure: false,
      host: "127.0.0.1",
      port: (server.address() as AddressInfo).port,
      authorization: "Basic dTpodW50ZXIy",
    };
  }

  function use(through: UpstreamProxy): void {
    const { port } = site.address() as AddressInfo;
    const allow = ["site.example.com", "inside.example.com", "both.example.com", "dev.test"];
    proxy.setPolicy(
      createEgressPolicy({ allow, devHosts: new Map([["dev.test", { address: publicOne, port }]]) }),
      through,
    );
  }

  function ask(host: string, port = 443): Promise<string> {
    return new Promise((resolve) => {
      const socket = connect(proxy.port, "127.0.0.1", () => socket.write(`CONNECT ${host}:${port} HTTP/1.1\r\n\r\n`));
      let got = "";
      socket.on("data", (chunk: Buffer) => {
        got += chunk.toString();
        if (got.endsWith("\r\n\r\nhello ") || got.endsWith("established\r\n\r\n")) socket.write("ping");
      });
      socket.on("error", () => {});
      socket.on("close", () => resolve(got));
    });
  }

  it("is asked for the checked address, with its password, and nothing of the first bytes is lost", async () => {
    use(await start(createHttp()));
    expect(await ask("site.example.com")).toMatch(/200 Connection established\r\n\r\nhello site got ping$/);
    expect(asked).toEqual([{ target: `${publicOne}:443`, authorization: "Basic dTpodW50ZXIy" }]);
    expect(lines.join("")).not.toContain("dTpodW50ZXIy");
  });

  it("over TLS must show a certificate for its name", async () => {
    const ca = await createCertificateAuthority("Proxies");
    const through = await start(createHttps(await ca.issue("127.0.0.1")));
    use({ ...through, secure: true, ca: ca.certificate });
    expect(await ask("site.example.com")).toContain("site got ping");
    use({ ...through, secure: true });
    expect(await ask("site.example.com")).toContain("502");
    expect(asked.length).toBe(1);
  });

  it("changes nothing of what is allowed, and is not asked for what is not", async () => {
    use(await start(createHttp()));
    for (const host of ["inside.example.com", "both.example.com", "other.example.com", publicOne, "[::1]"])
      expect(await ask(host)).toContain("403");
    expect(await ask("site.example.com", 22)).toContain("403");
    expect(asked).toEqual([]);
  });

  it("is not asked for a development host", async () => {
    use(await start(createHttp()));
    expect(await ask("dev.test")).toContain("site got ping");
    expect(asked).toEqual([]);
  });

  it.each([
    ["that refuses", (socket: Socket) => socket.end("HTTP/1.1 407 Proxy Authentication Required\r\n\r\n")],
    ["that hangs up", (socket: Socket) => socket.destroy()],
    ["that speaks something else", (socket: Socket) => socket.end("SSH-2.0-x\r\n")],
  ])("%s: the connection fails, is counted, and blocks no host", async (_what, reply) => {
    use(await start(createHttp()));
    answer = (_request, socket) => reply(socket);
    expect(await ask("site.example.com")).toContain("502");
    expect(proxy.report.refusals).toEqual([{ host: "site.example.com", reason: "upstream proxy", count: 1 }]);
    expect(proxy.blockedHosts.size).toBe(0);
  });

  it("that is not there is no way around it", async () => {
    const through = await start(createHttp());
    upstream.close();
    use(through);
    expect(await ask("site.example.com")).toContain("502");
    expect(asked).toEqual([]);
  });
});
