import { existsSync, readFileSync } from "node:fs";
import { dirname, join, normalize } from "node:path";
import { expect, it } from "vitest";

const root = join(import.meta.dirname, "..");
const pages = [
  "README.md",
  "CONTRIBUTING.md",
  "SECURITY.md",
  "docs/architecture.md",
  "docs/partners.md",
  "docs/operating.md",
  "docs/attestor.md",
  "docs/deploying.md",
  "docs/threat-model.md",
];

it.each(pages)("every link of %s to a file leads somewhere", (page) => {
  const text = readFileSync(join(root, page), "utf8");
  const targets = [...text.matchAll(/\]\((?!https?:)([^)#\s]+)/g)].map(([, target]) => String(target));
  expect(targets.filter((target) => !existsSync(normalize(join(root, dirname(page), target))))).toEqual([]);
});

it("the files that docs/architecture.md follows a session through exist", () => {
  const text = readFileSync(join(root, "docs/architecture.md"), "utf8");
  const rows =
    text
      .split("## One session")[1]
      ?.split("## Rules")[0]
      ?.split("\n")
      .filter((line) => line.startsWith("| ")) ?? [];
  const missing: string[] = [];
  for (const line of rows.slice(1)) {
    let app = "";
    let folder = "";
    for (const [, name] of (line.split("|")[3] ?? "").matchAll(/`([^`]+[./][^`]*)`/g)) {
      if (!name?.includes("/") && !name?.endsWith(".ts")) continue;
      const [first = "", ...rest] = name.split("/");
      const home = ["apps", "packages"].find((kind) => existsSync(join(root, kind, first, "src")));
      if (home && rest.length > 0) app = join(home, first, "src");
      const within = home && rest.length > 0 ? rest.join("/") : name.includes("/") ? name : join(folder, name);
      folder = dirname(within);
      if (!existsSync(join(root, app, within))) missing.push(name);
    }
  }
  expect(rows.length).toBeGreaterThan(8);
  expect(missing).toEqual([]);
});
