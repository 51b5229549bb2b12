import { createHash } from "node:crypto";
import type { PlatformCatalogue, PlatformDefinition } from "./platform.ts";

/**
 * The content hash that sessions pin: SHA-256, hex, over the definition as JSON with the members of
 * every object sorted by their UTF-16 code units and no white space (RFC 8785). Comments, layout and
 * key order of the file do not count; every value does.
 */
export function hashPlatform(definition: PlatformDefinition | PlatformCatalogue): string {
  return createHash("sha256").update(canonicalJson(definition)).digest("hex");
}

function canonicalJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(",")}]`;
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  const members = Object.entries(value)
    .filter(([, member]) => member !== undefined)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, member]) => `${JSON.stringify(key)}:${canonicalJson(member)}`);
  return `{${members.join(",")}}`;
}
