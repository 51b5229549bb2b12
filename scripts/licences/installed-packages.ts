import { existsSync, readdirSync, readFileSync, realpathSync } from "node:fs";
import { dirname, join } from "node:path";
import { z } from "zod";

const manifestSchema = z.looseObject({
  name: z.string(),
  version: z.string(),
  license: z.union([z.string(), z.looseObject({ type: z.string() })]).optional(),
  licenses: z.array(z.looseObject({ type: z.string() })).optional(),
  dependencies: z.record(z.string(), z.string()).default({}),
  optionalDependencies: z.record(z.string(), z.string()).default({}),
});

export interface InstalledPackage {
  name: string;
  version: string;
  /** As its manifest says; "" where it says nothing. */
  licence: string;
  /** `name@version` of what it needs itself. */
  needs: string[];
  isOurs: boolean;
}

/** Folders whose packages are delivered; what only tests, benches and attacks need is not looked at. */
const deliveredFolders = ["apps", "examples"];

/** Everything that a production installation holds, by `name@version`: from our programs along their dependencies. */
export function installedPackages(repository: string): Map<string, InstalledPackage> {
  const found = new Map<string, InstalledPackage>();
  const visit = (folder: string): string => {
    const manifest = manifestSchema.parse(JSON.parse(readFileSync(join(folder, "package.json"), "utf8")));
    const id = `${manifest.name}@${manifest.version}`;
    if (found.has(id)) return id;
    const { license, licenses = [] } = manifest;
    const entry: InstalledPackage = {
      name: manifest.name,
      version: manifest.version,
      licence: typeof license === "string" ? license : (license?.type ?? licenses.map(({ type }) => type).join(" OR ")),
      needs: [],
      isOurs: !folder.includes("node_modules"),
    };
    found.set(id, entry);
    for (const name of Object.keys({ ...manifest.dependencies, ...manifest.optionalDependencies })) {
      const needed = findPackage(name, folder);
      // Optional for other systems than this one.
      if (needed === null) continue;
      entry.needs.push(visit(needed));
    }
    return id;
  };
  visit(repository);
  for (const group of deliveredFolders)
    for (const name of readdirSync(join(repository, group)))
      if (existsSync(join(repository, group, name, "package.json"))) visit(join(repository, group, name));
  return found;
}

/** As Node looks for it: in node_modules of the folder and of those above. */
function findPackage(name: string, from: string): string | null {
  for (let folder = from; ; folder = dirname(folder)) {
    const candidate = join(folder, "node_modules", name);
    if (existsSync(join(candidate, "package.json"))) return realpathSync(candidate);
    if (dirname(folder) === folder) return null;
  }
}
