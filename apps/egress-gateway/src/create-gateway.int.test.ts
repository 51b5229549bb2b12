import { once } from "node:events";
import { request } from "node:http";
import { connect, createServer, type AddressInfo, type Socket } from "node:net";
import type { AddressGuard } from "@attestream/address-guard";
import { pino } from "pino";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { ConfigError, loadConfig } from "./config.ts";
import { createGateway, type EgressGateway } from "./create-gateway.ts";

const token = "a-token-of-the-egress-gateway";
const known = `Basic ${Buffer.from(`worker:${token}`).toString("base64")}`;
/** One address stands for one of the internet, and leads to this machine. */
const publicOne = "203.0.113.7";
const guard: AddressGuard = { isPublic: (address) => address === publicOne, isDevelopment: () => true };
const answers: Record<string, string[]> = {
  "site.example.com": [publicOne],
  "inside.example.com": ["10.0.0.1"],
  "both.example.com": [publicOne, "10.0.0.1"],
};

describe("the egress gateway", () => {
  let gateway: EgressGateway;
  let site: ReturnType<typeof createServer>;
  let dialled: string[];
  let lines: string[];

  beforeEach(async () => {
    dialled = [];
    lines = [];
    site = createServer((socket) => void socket.once("data", (chunk) => socket.end(`site got ${String(chunk)}`)));
    await once(site.listen(0, "127.0.0.1"), "listening");
    gateway = await createGateway({
      config: loadConfig({ EGRESS_GATEWAY_TOKEN: token, EGRESS_GATEWAY_PORT: "0" }),
      log: pino({ level: "debug" }, { write: (line: string) => void lines.push(line) }),
      guard,
      resolve: async (name) => answers[name] ?? [],
      dial: async (address, port) => {
        dialled.push(`${address}:${port}`);
        const socket = connect((site.address() as AddressInfo).port, "127.0.0.1");
        await once(socket, "connect");
        return socket;
      },
    });
  });
  afterEach(async () => {
    await gateway.stop();
    site.close();
  });

  async function open(target: string, authorization: string | undefined = known) {
    const asked = request({
      host: "127.0.0.1",
      port: gateway.port,
      method: "CONNECT",
      path: target,
      headers: authorization === undefined ? {} : { "proxy-authorization": authorization },
    }).end();
    const [answer, socket] = (await once(asked, "connect")) as [{ statusCode: number }, Socket];
    return { status: answer.statusCode, socket };
  }
  const ask = (name: string, authorization = known) =>
    fetch(`http://127.0.0.1:${gateway.port}/resolve?name=${name}`, { headers: { authorization } });

  it("opens a connection to a public address, and lets bytes go both ways", async () => {
    const { status, socket } = await open(`${publicOne}:443`);
    expect(status).toBe(200);
    socket.write("hello");
    expect(String(((await once(socket, "data")) as [Buffer])[0])).toBe("site got hello");
    expect(dialled).toEqual([`${publicOne}:443`]);
  });

  it.each([
    "127.0.0.1:443",
    "10.0.0.1:443",
    "[::1]:443",
    "169.254.169.254:80",
    `${publicOne}:22`,
    "site.example.com:443",
    "2130706433:80",
    "nonsense",
  ])("opens none to %s", async (target) => {
    expect((await open(target)).status).toBe(403);
    expect(dialled).toEqual([]);
  });

  it.each([undefined, "Basic d3Jvbmc6d3Jvbmc=", `Bearer ${token}`, "Basic !"])(
    "does nothing for a stranger (%s)",
    async (authorization) => {
      expect((await open(`${publicOne}:443`, authorization ?? "")).status).toBe(407);
      expect((await ask("site.example.com", authorization ?? "none")).status).toBe(401);
      expect(dialled).toEqual([]);
    },
  );

  it("resolves names whose every address is public", async () => {
    expect(await (await ask("site.example.com")).json()).toEqual({ addresses: [publicOne] });
    expect((await ask("inside.example.com")).status).toBe(403);
    expect((await ask("both.example.com")).status).toBe(403);
    expect((await ask("nobody.example.com")).status).toBe(404);
    expect((await ask("")).status).toBe(404);
  });

  it("logs neither names nor addresses nor its token", async () => {
    await open("10.0.0.1:443");
    await ask("inside.example.com");
    expect(lines.length).toBeGreaterThan(0);
    expect(lines.join("")).not.toMatch(/10\.0\.0\.1|example\.com|a-token/);
  });
});

it("names the settings that are wrong", () => {
  expect(() => loadConfig({})).toThrow(new ConfigError("EGRESS_GATEWAY_TOKEN: is required"));
  expect(() => loadConfig({ EGRESS_GATEWAY_TOKEN: token, EGRESS_GATEWAY_PORT: "x" })).toThrow("EGRESS_GATEWAY_PORT");
});
