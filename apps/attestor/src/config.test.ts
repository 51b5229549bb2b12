import { expect, it } from "vitest";
import { ConfigError, loadConfig } from "./config.ts";
import { helpText } from "./help.ts";

const token = "0123456789abcdef";

it("needs nothing but a token", () => {
  expect(loadConfig({ ATTESTOR_TOKEN: token })).toMatchObject({ host: "127.0.0.1", port: 4200, tls: undefined });
  expect(loadConfig({ ATTESTOR_TOKEN_FILE: "/run/token" }, () => `${token}\n`).token).toBe(token);
});

it("names all that is wrong, with what to do", () => {
  const env = {
    ATTESTOR_PORT: "web",
    EGRESS_DEV_HOSTS: "bank",
    ATTESTOR_WORKFLOWS: "abc",
    TLS_CERT_FILE: "/cert",
    EXTRA_CA_FILE: "/ca",
  };
  const load = () =>
    loadConfig(env, () => {
      throw new Error("no such file");
    });
  expect(load).toThrow(ConfigError);
  for (const problem of [
    /ATTESTOR_TOKEN: is required/,
    /ATTESTOR_PORT: must be a whole number/,
    /EGRESS_DEV_HOSTS: "bank" is not of the form name=ip:port/,
    /ATTESTOR_WORKFLOWS: "abc" is not a hash/,
    /TLS_CERT_FILE: cannot read \/cert/,
    /TLS_CERT_FILE, TLS_KEY_FILE: give both/,
    /EXTRA_CA_FILE: cannot read \/ca/,
  ])
    expect(load).toThrow(problem);
});

it("prints every setting", () => {
  expect(helpText()).toMatch(/ATTESTOR_TOKEN +Secret shared/);
});
