import type { InstalledPackage } from "./installed-packages.ts";

/** May be delivered with ours: they ask for no more than their notice. */
export const allowedLicences: readonly string[] = [
  "0BSD",
  "Apache-2.0",
  "BlueOak-1.0.0",
  "BSD-2-Clause",
  "BSD-3-Clause",
  "CC0-1.0",
  "ISC",
  "MIT",
  "MIT-0",
  "OFL-1.1",
  "PostgreSQL",
  "Python-2.0",
  "Unlicense",
  "Zlib",
];

/** By name, each with its reason. */
const exceptions: readonly { name: RegExp; licence: string; reason: string }[] = [
  {
    name: /^@img\/sharp-libvips-/,
    licence: "LGPL-3.0-or-later",
    reason: "a library of its own file, loaded when the program runs and replaceable; not changed by us",
  },
];

export interface Verdict {
  allowed: boolean;
  /** Why, where it is an exception. */
  reason?: string;
}

export function judgeLicence({ name, licence }: Pick<InstalledPackage, "name" | "licence">): Verdict {
  const exception = exceptions.find((one) => one.name.test(name) && one.licence === licence);
  if (exception) return { allowed: true, reason: exception.reason };
  return { allowed: isAllowed(licence) };
}

/** Of SPDX expressions what occurs: names with AND, OR and parentheses around all of it. */
function isAllowed(expression: string): boolean {
  const text = expression.trim().replace(/^\((.*)\)$/, "$1");
  if (text.includes(" OR ")) return text.split(" OR ").some(isAllowed);
  if (text.includes(" AND ")) return text.split(" AND ").every(isAllowed);
  return allowedLicences.includes(text);
}

/** May run programs of their own while they are installed: pnpm runs nobody else's. */
export const allowedToBuild: readonly string[] = ["esbuild"];
