import { describe, expect, it } from "vitest";
import { ConfigError, loadConfig } from "./config.ts";

const token = "0123456789abcdef";

describe("the worker's configuration", () => {
  it("needs a token and nothing else", () => {
    expect(loadConfig({ WORKER_TOKEN: token })).toMatchObject({
      apiUrl: "http://127.0.0.1:4000",
      host: "127.0.0.1",
      port: 4300,
      poolSize: 1,
      allowNoSandbox: false,
      logLevel: "info",
    });
    expect(loadConfig({ WORKER_TOKEN: token }).capacity).toBeGreaterThan(0);
  });

  it("reads the token from a file, but prefers the variable", () => {
    const read = (path: string) => (path === "/run/secrets/token" ? `${token}\n` : "");
    expect(loadConfig({ WORKER_TOKEN_FILE: "/run/secrets/token" }, read).workerToken).toBe(token);
    expect(
      loadConfig({ WORKER_TOKEN_FILE: "/run/secrets/token", WORKER_TOKEN: "another-token-0123" }, read).workerToken,
    ).toBe("another-token-0123");
  });

  it("limits what a browser takes of the net, in the operator's units", () => {
    const { egressLimits } = loadConfig({
      WORKER_TOKEN: token,
      EGRESS_CONNECTIONS: "20",
      EGRESS_CONNECTIONS_PER_SECOND: "5",
      EGRESS_BANDWIDTH: "1024",
      EGRESS_TRAFFIC: "100",
      EGRESS_IDLE: "30s",
    });
    expect(egressLimits).toEqual({
      connections: 20,
      connectionsPerSecond: 5,
      bytesPerSecond: 1_048_576,
      bytes: 104_857_600,
      idleMs: 30_000,
    });
  });

  it("reads upstream proxies from a file, and the authorities that one over TLS is trusted by", () => {
    const files: Record<string, string> = { "/run/upstreams": "a=https://p.example.com\nb=direct\n", "/ca.pem": "PEM" };
    const read = (path: string) => files[path] ?? "";
    const { upstreams } = loadConfig(
      { WORKER_TOKEN: token, EGRESS_UPSTREAMS_FILE: "/run/upstreams", EXTRA_CA_FILE: "/ca.pem" },
      read,
    );
    expect([...upstreams]).toMatchObject([
      ["a", { host: "p.example.com", ca: "PEM" }],
      ["b", null],
    ]);
    expect(() => loadConfig({ WORKER_TOKEN: token, EGRESS_UPSTREAMS: "a=http://user:hunter2@x:y" }, read)).toThrow(
      /^EGRESS_UPSTREAMS: the entry a (?!.*hunter2)/,
    );
  });

  it("takes development hosts with IPv4 and IPv6 addresses", () => {
    const { devHosts } = loadConfig({
      WORKER_TOKEN: token,
      EGRESS_DEV_HOSTS: "Bank.demo.test=127.0.0.1:4100, six.test=[::1]:8443,",
    });
    expect([...devHosts]).toEqual([
      ["bank.demo.test", { address: "127.0.0.1", port: 4100 }],
      ["six.test", { address: "::1", port: 8443 }],
    ]);
  });

  it("names every problem at once", () => {
    const load = () =>
      loadConfig({
        API_URL: "ftp://x",
        WORKER_CAPACITY: "0",
        WORKER_PORT: "99999",
        EGRESS_DEV_HOSTS: "a=300.1.1.1:1",
        ALLOW_NO_SANDBOX: "maybe",
        LAUNCH_TIMEOUT: "soon",
      });
    expect(load).toThrow(ConfigError);
    for (const name of [
      "API_URL",
      "WORKER_TOKEN: is required",
      "WORKER_CAPACITY",
      "WORKER_PORT",
      "EGRESS_DEV_HOSTS",
      "ALLOW_NO_SANDBOX",
      "LAUNCH_TIMEOUT",
    ])
      expect(load).toThrow(name);
  });

  it("never repeats a secret in an error", () => {
    expect(() => loadConfig({ WORKER_TOKEN: "tooshort" })).toThrow(
      expect.not.objectContaining({ message: expect.stringContaining("tooshort") }),
    );
  });
});
