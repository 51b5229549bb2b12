import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { createServer, type AddressInfo, type Server } from "node:net";
import { networkInterfaces } from "node:os";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { RunSessionTree } from "../session/tree-runner.ts";
import { startTestSite, type TestSite } from "../testing/test-site.ts";
import { assignTo, startTestWorker, type TestWorker } from "../testing/test-worker.ts";

const host = "login.worker.test";
const ownAddress = Object.values(networkInterfaces())
  .flatMap((list) => list ?? [])
  .find(({ family, internal }) => family === "IPv4" && !internal)?.address;

/** Listens on every address of this machine and counts who comes. */
async function startCanary(): Promise<{ port: number; connections: () => number; server: Server }> {
  let count = 0;
  const server = createServer((socket) => {
    count += 1;
    socket.destroy();
  });
  await new Promise<void>((resolve) => {
    server.listen(0, resolve);
  });
  return { port: (server.address() as AddressInfo).port, connections: () => count, server };
}

describe("what a session's browser can reach", () => {
  let site: TestSite;
  let test: TestWorker;
  let canary: Awaited<ReturnType<typeof startCanary>>;
  let found: Record<string, string> = {};

  /** Lets the page try every address by several means and keeps how each ended. */
  const probe: RunSessionTree = async ({ page, loginUrl, agreed }) => {
    await agreed;
    await page().goto(loginUrl);
    const internal = [
      "127.0.0.1",
      "localhost",
      "[::1]",
      "2130706433",
      "0x7f000001",
      "127.1",
      "0.0.0.0",
      "[::ffff:127.0.0.1]",
      "169.254.169.254",
      "168.63.129.16",
      ...(ownAddress ? [ownAddress] : []),
      "rebound.worker.test",
      "other.worker.test",
    ];
    found = await page().evaluate(
      async ({ names, port }) => {
        const outcome: Record<string, string> = {};
        const settle = (work: Promise<unknown>) =>
          work.then(
            () => "reached",
            () => "refused",
          );
        const socket = (url: string) =>
          new Promise((resolve, reject) => {
            const opened = new WebSocket(url);
            opened.addEventListener("open", resolve);
            opened.addEventListener("error", reject);
          });
        await Promise.all(
          names.flatMap((name) =>
            [port, 443].flatMap((to) => [
              settle(fetch(`https://${name}:${to}/`, { mode: "no-cors" })).then((end) => {
                outcome[`fetch ${name} ${to}`] = end;
              }),
              settle(
                fetch(`https://${name}:${to}/`, { method: "POST", keepalive: true, mode: "no-cors", body: "x" }),
              ).then((end) => {
                outcome[`post ${name} ${to}`] = end;
              }),
              settle(socket(`wss://${name}:${to}/`)).then((end) => {
                outcome[`socket ${name} ${to}`] = end;
              }),
            ]),
          ),
        );
        const control = await fetch("/home").then((response) => response.status);
        outcome["control"] = String(control);
        return outcome;
      },
      { names: internal, port: canary.port },
    );
    await page()
      .goto(`https://other.worker.test:443/`)
      .catch(() => {});
    return { kind: "failed", code: "PLATFORM_UNAVAILABLE" };
  };

  beforeAll(async () => {
    canary = await startCanary();
    site = await startTestSite(host, { "/login": "<h1>Probe</h1>", "/home": "<h1>Home</h1>" });
    test = await startTestWorker({
      runTree: probe,
      ca: site.ca,
      env: { EGRESS_DEV_HOSTS: `${host}=127.0.0.1:${site.port}` },
      resolve: async (name) => (name === "rebound.worker.test" ? ["93.184.216.34", "127.0.0.1"] : []),
    });
  });
  afterAll(async () => {
    await test[Symbol.asyncDispose]();
    await site.close();
    canary.server.close();
  });

  it("is its platform's hosts and nothing of this machine; a blocked navigation is named, refusals are told by host", async () => {
    const sessionId = randomUUID();
    test.api.send(assignTo(sessionId, host, { allow: ["rebound.worker.test"] }));
    test.api.send({ type: "tree.start", sessionId, epoch: 1 });
    const failed = await test.api.waitForReport(sessionId, "session.failed");
    expect(found["control"]).toBe("200");
    const { control: _control, ...attempts } = found;
    expect(Object.entries(attempts).filter(([, end]) => end !== "refused")).toEqual([]);
    expect(Object.keys(attempts).length).toBeGreaterThan(60);
    expect(canary.connections()).toBe(0);
    expect(failed).toMatchObject({ report: { code: "NAVIGATION_BLOCKED" } });

    test.api.send({ type: "release", sessionId, epoch: 1, reason: "failed" });
    const released = await test.api.waitFor(
      (message) => message.type === "released" && message.sessionId === sessionId,
    );
    expect(released).toMatchObject({ egress: { connections: expect.any(Number), refused: expect.any(Number) } });
    const { refusals = [], refused = 0, connections = 0 } = (released.type === "released" && released.egress) || {};
    expect(refusals.map(({ host: name, reason }) => `${name}: ${reason}`)).toEqual(
      expect.arrayContaining([
        "rebound.worker.test: address",
        "other.worker.test: not allowed",
        "169.254.169.254: ip literal",
        "[::1]: ip literal",
      ]),
    );
    expect(refusals.filter(({ host: name }) => !/^[a-z0-9.:[\]-]+$/.test(name))).toEqual([]);
    expect(refused).toBeGreaterThan(60);
    expect(connections).toBeGreaterThan(0);
  });

  it("would have been seen by the canary", async () => {
    const before = canary.connections();
    const { connect } = await import("node:net");
    await once(connect(canary.port, ownAddress ?? "127.0.0.1"), "close");
    expect(canary.connections()).toBe(before + 1);
  });
});
