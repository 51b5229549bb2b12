import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { z } from "zod";
import { platformJsonSchema } from "./platform-json-schema.ts";

const platforms = new URL("../../../../platforms/", import.meta.url);
const published = readFileSync(new URL("platform.schema.json", platforms), "utf8");
const demoBank = readFileSync(new URL("demo-bank/platform.yaml", platforms), "utf8");

it('platforms/platform.schema.json is what the schema says; if not, run "npm run generate"', () => {
  expect(JSON.parse(published)).toEqual(JSON.parse(JSON.stringify(platformJsonSchema())));
});

it("the bundled platform names it for editors", () => {
  expect(demoBank.split("\n", 1)[0]).toBe("# yaml-language-server: $schema=../platform.schema.json");
});

describe("the published schema", () => {
  const schema = z.fromJSONSchema(JSON.parse(published) as Parameters<typeof z.fromJSONSchema>[0]);
  const accepts = (text: string) => schema.safeParse(parse(text)).success;

  it("takes the bundled platform", () => {
    expect(schema.safeParse(parse(demoBank)).error?.issues).toBeUndefined();
  });

  it.each([
    ["an unknown key", "displayName:", "displayname:"],
    ["an unknown error code", "ACCOUNT_LOCKED", "ACCOUNT_LOKED"],
    ["an unknown role", "role: heading", "role: headline"],
    ["an unknown way to find things", "{ text: ", "{ txt: "],
    ["a host with a scheme", "allow: [", "allow: [https://bank.demo.test, "],
  ])("refuses %s", (_what, from, to) => {
    expect(demoBank).toContain(from);
    expect(accepts(demoBank.replace(from, to))).toBe(false);
  });
});
