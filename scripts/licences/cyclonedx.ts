import type { InstalledPackage } from "./installed-packages.ts";

/** The list of parts in the CycloneDX format, version 1.6. */
export function cycloneDx(
  packages: ReadonlyMap<string, InstalledPackage>,
  own: { name: string; version: string; at: Date },
) {
  const ref = (id: string) => {
    const { name, version } = packages.get(id) ?? { name: id, version: "" };
    return `pkg:npm/${name.replace("@", "%40")}@${version}`;
  };
  const component = ([id, { name, version, licence }]: [string, InstalledPackage]) => {
    const [group, bare] = name.startsWith("@") ? name.split("/", 2) : [undefined, name];
    return {
      type: "library",
      "bom-ref": ref(id),
      ...(group === undefined ? {} : { group }),
      name: bare,
      version,
      purl: ref(id),
      licenses: / (?:AND|OR) /.test(licence) ? [{ expression: licence }] : [{ license: { id: licence } }],
    };
  };
  return {
    bomFormat: "CycloneDX",
    specVersion: "1.6",
    serialNumber: `urn:uuid:${crypto.randomUUID()}`,
    version: 1,
    metadata: {
      timestamp: own.at.toISOString(),
      component: { type: "application", "bom-ref": `${own.name}@${own.version}`, name: own.name, version: own.version },
    },
    components: [...packages].filter(([id]) => id !== `${own.name}@${own.version}`).map(component),
    dependencies: [...packages].map(([id, { needs }]) => ({
      ref: id === `${own.name}@${own.version}` ? id : ref(id),
      dependsOn: [...new Set(needs.map(ref))],
    })),
  };
}
