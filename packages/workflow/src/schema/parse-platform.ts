import {
  isAlias,
  isMap,
  isNode,
  isPair,
  isScalar,
  isSeq,
  LineCounter,
  parseDocument,
  visit,
  type Document,
} from "yaml";
import type { z } from "zod";
import { describeIssue } from "./describe-issue.ts";
import { hashPlatform } from "./hash-platform.ts";
import { platformDefinitionSchema, type PlatformDefinition } from "./platform.ts";

export interface Problem {
  fileName: string;
  /** Counted from 1. */
  line: number;
  column: number;
  /** `screens.0.when.url`; empty for the document as a whole. */
  path: string;
  /** What is wrong and how to mend it. */
  message: string;
}

export type ParsedPlatform =
  | { ok: true; definition: PlatformDefinition; hash: string }
  | { ok: false; problems: Problem[] };

const maxBytes = 256 * 1024;
const maxProblems = 50;
/** The YAML parser recurses: thousands of nested brackets exhaust its stack, thrown or reported. */
const tooDeep = "is nested too deeply; a tree needs a dozen levels";

/** Reads a platform file. Pure: the caller reads the disk. Never throws on bad input. */
export function parsePlatform(yamlText: string, fileName: string): ParsedPlatform {
  const fail = (problems: Problem[]): ParsedPlatform => ({ ok: false, problems: problems.slice(0, maxProblems) });
  const whole = (message: string) => fail([{ fileName, line: 1, column: 1, path: "", message }]);
  if (Buffer.byteLength(yamlText) > maxBytes) return whole(`is larger than ${maxBytes / 1024} KiB; split the platform`);

  const lines = new LineCounter();
  let document: Document.Parsed;
  try {
    document = parseDocument(yamlText, {
      lineCounter: lines,
      version: "1.2",
      schema: "core",
      strict: true,
      uniqueKeys: true,
      prettyErrors: false,
    });
  } catch {
    return whole(tooDeep);
  }
  const at = (offset: number, path: string, message: string): Problem => {
    const { line, col } = lines.linePos(offset);
    return { fileName, line: Math.max(line, 1), column: Math.max(col, 1), path, message };
  };

  const broken = [...document.errors, ...document.warnings];
  if (broken.some(({ message }) => message.includes("call stack"))) return whole(tooDeep);
  if (broken.length > 0)
    return fail(broken.map((error) => at(error.pos[0], "", `is not the YAML expected: ${error.message}`)));
  const aliases: Problem[] = [];
  visit(document, {
    Alias: (_key, node) => {
      aliases.push(at(node.range?.[0] ?? 0, "", "anchors and aliases are not available; write the value out"));
      return visit.SKIP;
    },
  });
  if (aliases.length > 0) return fail(aliases);

  const parsed = platformDefinitionSchema.safeParse(document.toJS({ maxAliasCount: 0 }), { reportInput: true });
  if (parsed.success) return { ok: true, definition: parsed.data, hash: hashPlatform(parsed.data) };
  const problems = parsed.error.issues.map((issue) =>
    at(offsetOf(document, issue), issue.path.map(String).join("."), describeIssue(issue)),
  );
  return fail(problems.sort((a, b) => a.line - b.line || a.column - b.column));
}

/** Where an issue stands: its node, the unknown key itself, or the nearest parent of what is missing. */
function offsetOf(document: Document.Parsed, issue: z.core.$ZodIssue): number {
  let node: unknown = document.contents;
  let offset = startOf(node) ?? 0;
  for (const step of issue.path) {
    const next = childOf(node, step);
    if (next === undefined) return offset;
    node = next.value;
    offset = startOf(node) ?? next.offset;
  }
  if (issue.code === "unrecognized_keys" && issue.keys[0] !== undefined)
    return childOf(node, issue.keys[0])?.offset ?? offset;
  return offset;
}

/** The value of a member and the offset of its key. */
function childOf(node: unknown, step: PropertyKey): { value: unknown; offset: number } | undefined {
  if (isSeq(node)) {
    const value = node.items[Number(step)];
    return value === undefined ? undefined : { value, offset: startOf(value) ?? 0 };
  }
  if (!isMap(node)) return undefined;
  const pair = node.items.find(({ key }) => !isPair(key) && isScalar(key) && String(key.value) === String(step));
  return pair === undefined ? undefined : { value: pair.value, offset: startOf(pair.key) ?? 0 };
}

function startOf(node: unknown): number | undefined {
  return isNode(node) && !isAlias(node) ? node.range?.[0] : undefined;
}
