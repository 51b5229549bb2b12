// `npm run licences`: what a production installation holds, as dist/sbom.cdx.json (CycloneDX) and dist/licences.md.
// Exit code 0 only if every licence may be delivered with ours.
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { cycloneDx } from "./licences/cyclonedx.ts";
import { installedPackages } from "./licences/installed-packages.ts";
import { judgeLicence } from "./licences/licence-rules.ts";

const repository = join(import.meta.dirname, "..");
const packages = installedPackages(repository);
const [own] = packages.values();
if (own === undefined) throw new Error("nothing is installed; run npm run setup");
const folder = join(repository, "dist");
mkdirSync(folder, { recursive: true });
writeFileSync(
  join(folder, "sbom.cdx.json"),
  `${JSON.stringify(cycloneDx(packages, { name: own.name, version: own.version, at: new Date() }), null, 2)}\n`,
);

const foreign = [...packages.values()]
  .filter(({ isOurs }) => !isOurs)
  .toSorted((one, other) => one.name.localeCompare(other.name) || one.version.localeCompare(other.version));
const lines = foreign.map((one) => {
  const { reason = "" } = judgeLicence(one);
  return `| ${one.name} | ${one.version} | ${one.licence} | ${reason} |`;
});
writeFileSync(
  join(folder, "licences.md"),
  ["# Licences", "", "| package | version | licence | exception |", "|---|---|---|---|", ...lines, ""].join("\n"),
);

const refused = foreign.filter((one) => !judgeLicence(one).allowed);
for (const { name, version, licence } of refused)
  process.stderr.write(`${name}@${version}: ${licence || "no licence named"} is not allowed\n`);
process.stdout.write(
  `${foreign.length} packages, ${refused.length} refused; see dist/sbom.cdx.json and dist/licences.md\n`,
);
process.exitCode = refused.length === 0 ? 0 : 1;
