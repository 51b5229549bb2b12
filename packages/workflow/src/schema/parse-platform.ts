import { describeIssue } from "./describe-issue.ts";
import { hashPlatform } from "./hash-platform.ts";
import {
  platformCatalogueSchema,
  platformDefinitionSchema,
  type PlatformCatalogue,
  type PlatformDefinition,
} from "./platform.ts";
import { readYaml, type Problem, type ReadYaml } from "./read-yaml.ts";

export type ParsedPlatform =
  | { ok: true; definition: PlatformDefinition; hash: string }
  | {
      ok: false;
      problems: Problem[];
      /** What the list of platforms can still say of it, where that much is well. */
      catalogue: PlatformCatalogue | null;
    };

const maxProblems = 50;

/** Reads a platform file. Pure: the caller reads the disk. Never throws on bad input. */
export function parsePlatform(yamlText: string, fileName: string): ParsedPlatform {
  return parseDefinition(readYaml(yamlText, fileName));
}

/** The same of a file whose positions are still wanted. */
export function parseDefinition(read: ReadYaml): ParsedPlatform {
  if (!read.ok) return { ok: false, problems: read.problems.slice(0, maxProblems), catalogue: null };
  const parsed = platformDefinitionSchema.safeParse(read.value, { reportInput: true });
  if (parsed.success) return { ok: true, definition: parsed.data, hash: hashPlatform(parsed.data) };
  const problems = parsed.error.issues.map((issue) =>
    read.problemAt(issue.path, describeIssue(issue), issue.code === "unrecognized_keys" ? issue.keys[0] : undefined),
  );
  return {
    ok: false,
    problems: problems.sort((a, b) => a.line - b.line || a.column - b.column).slice(0, maxProblems),
    catalogue: platformCatalogueSchema.safeParse(read.value).data ?? null,
  };
}
