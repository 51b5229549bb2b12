import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { cycloneDx } from "./licences/cyclonedx.ts";
import { installedPackages } from "./licences/installed-packages.ts";
import { allowedToBuild, judgeLicence } from "./licences/licence-rules.ts";

const repository = join(import.meta.dirname, "..");

it("everything that is delivered may be delivered", () => {
  const packages = [...installedPackages(repository).values()];
  expect(packages.length).toBeGreaterThan(50);
  expect(packages.map(({ name }) => name)).toEqual(expect.arrayContaining(["express", "zod", "playwright-core"]));
  expect(packages.filter((one) => !judgeLicence(one).allowed)).toEqual([]);
});

it.each([
  ["left-pad", "MIT", true],
  ["x", "(MIT OR GPL-3.0)", true],
  ["x", "Apache-2.0 AND LGPL-3.0-or-later", false],
  ["x", "AGPL-3.0-only", false],
  ["x", "SSPL-1.0", false],
  ["x", "", false],
  ["x", "LGPL-3.0-or-later", false],
  ["@img/sharp-libvips-linux-x64", "LGPL-3.0-or-later", true],
  ["@img/sharp-libvips-linux-x64", "GPL-3.0-only", false],
])("%s under %j: %s", (name, licence, allowed) => {
  expect(judgeLicence({ name, licence }).allowed).toBe(allowed);
});

it("nobody runs programs at installation but who is listed", () => {
  const workspace = readFileSync(join(repository, "pnpm-workspace.yaml"), "utf8");
  const listed = /^onlyBuiltDependencies:\n((?: {2}- .+\n)+)/m.exec(workspace)?.[1] ?? "";
  expect(listed.match(/(?<=- ).+/g)).toEqual(allowedToBuild);
  expect(workspace).not.toMatch(/dangerouslyAllowAllBuilds|neverBuiltDependencies/);
  const { packageManager } = JSON.parse(readFileSync(join(repository, "package.json"), "utf8")) as Record<
    string,
    string
  >;
  // From version 10 on it runs nobody's by itself.
  expect(Number(/^pnpm@(\d+)\./.exec(packageManager ?? "")?.[1])).toBeGreaterThanOrEqual(10);
});

it("the list of parts names each once, and what needs what", () => {
  const packages = new Map([
    ["ours@1.0.0", { name: "ours", version: "1.0.0", licence: "Apache-2.0", needs: ["@a/b@2.0.0"], isOurs: true }],
    ["@a/b@2.0.0", { name: "@a/b", version: "2.0.0", licence: "MIT OR ISC", needs: [], isOurs: false }],
  ]);
  const list = cycloneDx(packages, { name: "ours", version: "1.0.0", at: new Date(0) });
  expect(list.components).toEqual([
    {
      type: "library",
      "bom-ref": "pkg:npm/%40a/b@2.0.0",
      group: "@a",
      name: "b",
      version: "2.0.0",
      purl: "pkg:npm/%40a/b@2.0.0",
      licenses: [{ expression: "MIT OR ISC" }],
    },
  ]);
  expect(list.dependencies).toEqual([
    { ref: "ours@1.0.0", dependsOn: ["pkg:npm/%40a/b@2.0.0"] },
    { ref: "pkg:npm/%40a/b@2.0.0", dependsOn: [] },
  ]);
});
