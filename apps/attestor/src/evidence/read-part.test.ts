import { hashPlatform, platformDefinitionSchema } from "@attestream/workflow";
import { expect, it } from "vitest";
import { checkRequest, readPart } from "./read-part.ts";

const definition = platformDefinitionSchema.parse({
  format: "platform/1",
  name: "bank",
  displayName: "Bank",
  loginUrl: "https://bank.test/login",
  version: "1.0.0",
  allow: ["bank.test", "api.bank.test"],
  screens: [{ id: "home", when: { url: "/home" }, then: "collect" }],
  collect: [
    {
      id: "account",
      open: "/home",
      capture: { request: { url: "https://api.bank.test/v1/*" } },
      read: { holder: { json: "$.owner" }, last: { json: "$.number" } },
    },
  ],
  prove: [{ from: "account", reveal: ["last"], hosts: ["api.bank.test"] }],
});
const read = (changes: object, options: { host: string; workflows?: ReadonlySet<string> }) => {
  const copy = platformDefinitionSchema.parse({ ...structuredClone(definition), ...changes });
  const platform = JSON.parse(JSON.stringify(copy)) as Parameters<typeof readPart>[0]["platform"];
  return readPart(
    { platform, platformHash: hashPlatform(copy), part: "account" },
    { workflows: undefined, ...options },
  );
};

it("reads only what is revealed, from the hosts that are named", () => {
  const { rules, mode } = read({}, { host: "api.bank.test" });
  expect([rules, mode]).toEqual([{ last: { json: "$.number" } }, "passive"]);
  expect(() => read({}, { host: "bank.test" })).toThrow(expect.objectContaining({ code: "host_mismatch" }));
});

it("takes any host only where the session may bring its own login address", () => {
  const prove = [{ from: "account", reveal: ["last"] }];
  expect(() => read({ prove }, { host: "other.test" })).toThrow(expect.objectContaining({ code: "host_mismatch" }));
  expect(read({ prove, allowCustomUrl: true }, { host: "other.test" }).mode).toBe("passive");
});

it("works only for the definitions that its operator has named", () => {
  const host = "api.bank.test";
  expect(read({}, { host, workflows: new Set([hashPlatform(definition)]) }).mode).toBe("passive");
  expect(() => read({ version: "1.0.1" }, { host, workflows: new Set([hashPlatform(definition)]) })).toThrow(
    expect.objectContaining({ code: "workflow_unknown" }),
  );
});

it("holds a replayed request against the part's pattern", () => {
  const { part } = read({}, { host: "api.bank.test" });
  expect(() => checkRequest(part, { method: "GET", url: "https://api.bank.test/v1/accounts?all=1" })).not.toThrow();
  for (const wrong of [
    { method: "POST", url: "https://api.bank.test/v1/accounts" },
    { method: "GET", url: "https://api.bank.test/v2/accounts" },
    { method: "GET", url: "https://bank.test/v1/accounts" },
  ])
    expect(() => checkRequest(part, wrong)).toThrow(expect.objectContaining({ code: "request_mismatch" }));
});
