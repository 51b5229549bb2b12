import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { conformancePage } from "./conformance.ts";

it('docs/conformance.md lists the checks there are; if not, run "npm run generate"', () => {
  expect(readFileSync(new URL("../docs/conformance.md", import.meta.url), "utf8")).toBe(conformancePage());
});
