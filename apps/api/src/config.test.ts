import { describe, expect, it } from "vitest";
import { ConfigError, loadConfig } from "./config.ts";

const problemsOf = (env: Record<string, string>, readSecret?: (path: string) => string): readonly string[] => {
  try {
    loadConfig(env, readSecret);
  } catch (error) {
    if (error instanceof ConfigError) return error.problems;
    throw error;
  }
  return [];
};

describe("the configuration", () => {
  it("needs nothing", () => {
    expect(loadConfig({})).toMatchObject({
      port: 4000,
      host: "127.0.0.1",
      readyHoldMs: 120_000,
      viewerGraceMs: 120_000,
      queueTimeoutMs: 600_000,
      databaseUrl: undefined,
      demoPartner: undefined,
    });
  });

  it("takes an empty variable as absent", () => {
    expect(loadConfig({ PORT: "", DATABASE_URL: " " })).toMatchObject({ port: 4000, databaseUrl: undefined });
  });

  it("tells every problem at once, each with its name and what to write", () => {
    const problems = problemsOf({
      PORT: "x",
      READY_HOLD: "soon",
      BOOTSTRAP_API_KEY: "short",
      PUBLIC_URL: "example.com",
      DATABASE_URL: "mysql://x",
      WEBHOOK_DEV_HOSTS: "localhost",
      LOG_LEVEL: "loud",
    });
    for (const name of [
      "PORT",
      "READY_HOLD",
      "BOOTSTRAP_API_KEY",
      "PUBLIC_URL",
      "DATABASE_URL",
      "WEBHOOK_DEV_HOSTS",
      "LOG_LEVEL",
    ]) {
      expect(problems.filter((problem) => problem.startsWith(`${name}: `))).toHaveLength(1);
    }
    expect(problems.find((problem) => problem.startsWith("READY_HOLD"))).toContain("90s");
  });

  it.each([
    ["2", 2],
    ["10.0.0.2, 10.1.0.0/16,::1,loopback", ["10.0.0.2", "10.1.0.0/16", "::1", "loopback"]],
  ])("takes %s as TRUST_PROXY", (text, trustProxy) => {
    expect(loadConfig({ TRUST_PROXY: text })).toMatchObject({ trustProxy });
  });

  it.each(["true", "10.0.0.0/33", "10.0.0.0/0", "proxy.example.com", "10.0.0.1,", "-1"])(
    "refuses %s as TRUST_PROXY",
    (text) => {
      expect(problemsOf({ TRUST_PROXY: text })).toEqual([expect.stringMatching(/^TRUST_PROXY: write how many/)]);
    },
  );

  it("reads lists and durations, and drops the slash at the end of an address", () => {
    expect(
      loadConfig({
        PLATFORMS_DIRS: "/a:/b",
        WEBHOOK_DEV_HOSTS: "localhost:4001, 127.0.0.1:4001",
        QUEUE_TIMEOUT: "90s",
        PUBLIC_URL: "https://x.example.com/",
      }),
    ).toMatchObject({
      platformsDirs: [expect.stringContaining("platforms"), "/a", "/b"],
      webhookDevHosts: ["localhost:4001", "127.0.0.1:4001"],
      queueTimeoutMs: 90_000,
      publicUrl: "https://x.example.com",
    });
  });

  it("takes earlier encryption keys from a file, one a line, and refuses short ones without telling them", () => {
    const [one, two] = ["1".repeat(32), "2".repeat(32)];
    const read = () => `${one}\n${two}\n`;
    expect(loadConfig({ ENCRYPTION_KEY: "3".repeat(32), ENCRYPTION_KEYS_OLD_FILE: "/keys" }, read)).toMatchObject({
      encryptionKeys: { current: "3".repeat(32), old: [one, two] },
    });
    const problems = problemsOf({ ENCRYPTION_KEY: "short-key", ENCRYPTION_KEYS_OLD: `${one},short-key` });
    expect(problems.join("\n")).toMatch(/^ENCRYPTION_KEY: .*openssl[^]*^ENCRYPTION_KEYS_OLD: .*openssl/m);
    expect(problems.join("\n")).not.toContain("short-key");
  });

  it.each([
    ["30d", 2_592_000_000],
    ["0", 0],
    ["off", 0],
    ["1h", 3_600_000],
  ])("takes %s as DATA_RETENTION", (text, dataRetentionMs) => {
    expect(loadConfig({ DATA_RETENTION: text })).toMatchObject({ dataRetentionMs });
  });

  it.each(["never", "-1", "10s", "4000d"])("refuses %s as DATA_RETENTION", (text) => {
    expect(problemsOf({ DATA_RETENTION: text })).toEqual([expect.stringMatching(/^DATA_RETENTION: /)]);
  });

  it("knows a development host by its name, with the port of https and its own", () => {
    expect(loadConfig({ EGRESS_DEV_HOSTS: "a.test=127.0.0.1:4100, b.test=[::1]:4101" }).customUrlDevHosts).toEqual([
      "a.test:443",
      "a.test:4100",
      "b.test:443",
      "b.test:4101",
    ]);
    expect(problemsOf({ EGRESS_DEV_HOSTS: "a.test" })).toEqual([expect.stringMatching(/^EGRESS_DEV_HOSTS: /)]);
  });

  it("takes a secret from a file, and says when it cannot or is told twice", () => {
    const read = (path: string) => {
      if (path !== "/run/token") throw new Error("ENOENT");
      return "a-token-of-16-chars\n";
    };
    expect(loadConfig({ WORKER_TOKEN_FILE: "/run/token" }, read).workerToken).toBe("a-token-of-16-chars");
    expect(problemsOf({ WORKER_TOKEN_FILE: "/nowhere" }, read)).toEqual([
      expect.stringContaining("WORKER_TOKEN_FILE: /nowhere cannot be read"),
    ]);
    expect(problemsOf({ WORKER_TOKEN: "another-token-of-16", WORKER_TOKEN_FILE: "/run/token" }, read)[0]).toContain(
      "set twice",
    );
  });
});
