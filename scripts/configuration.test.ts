import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { configurationPage } from "./configuration.ts";

it('docs/configuration.md is what the schemas say; if not, run "npm run generate"', () => {
  expect(readFileSync(new URL("../docs/configuration.md", import.meta.url), "utf8")).toBe(configurationPage());
});
