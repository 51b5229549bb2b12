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

export type ReadYaml =
  | {
      ok: true;
      value: unknown;
      /** Where a path stands, or its nearest parent that does; with `key`, where that member begins. */
      problemAt: (path: readonly PropertyKey[], message: string, key?: string) => Problem;
    }
  | { ok: false; problems: Problem[] };

const maxBytes = 256 * 1024;
/** The YAML parser recurses: thousands of nested brackets exhaust its stack, thrown or reported. */
const maxDepth = 500;
const tooDeep = "is nested too deeply; a tree needs a dozen levels";

/** Reads the YAML that a tree may be written in, keeping where everything stands. Never throws on bad input. */
export function readYaml(text: string, fileName: string): ReadYaml {
  const whole = (message: string): ReadYaml => ({
    ok: false,
    problems: [{ fileName, line: 1, column: 1, path: "", message }],
  });
  if (Buffer.byteLength(text) > maxBytes) return whole(`is larger than ${maxBytes / 1024} KiB; split the platform`);

  if (depthOf(text) > maxDepth) return whole(tooDeep);

  const lines = new LineCounter();
  let document: Document.Parsed;
  try {
    document = parseDocument(text, {
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
    return {
      ok: false,
      problems: broken.map((error) => at(error.pos[0], "", `is not the YAML expected: ${error.message}`)),
    };
  const aliases: Problem[] = [];
  visit(document, {
    Alias: (_key, node) => {
      aliases.push(at(node.range?.[0] ?? 0, "", "anchors and aliases are not available; write the value out"));
      return visit.SKIP;
    },
  });
  if (aliases.length > 0) return { ok: false, problems: aliases };
  return {
    ok: true,
    value: document.toJS({ maxAliasCount: 0 }),
    problemAt: (path, message, key) => at(offsetOf(document, path, key), path.map(String).join("."), message),
  };
}

/** How many brackets stand open at most. Those in text count as well, which no tree has so many of. */
function depthOf(text: string): number {
  let [open, deepest] = [0, 0];
  for (const [bracket] of text.matchAll(/[[\]{}]/g)) {
    open = bracket === "[" || bracket === "{" ? open + 1 : Math.max(0, open - 1);
    deepest = Math.max(deepest, open);
  }
  return deepest;
}

/** The node of a path, a member of it, or the nearest parent of what is missing. */
function offsetOf(document: Document.Parsed, path: readonly PropertyKey[], key: string | undefined): number {
  let node: unknown = document.contents;
  let offset = startOf(node) ?? 0;
  for (const step of path) {
    const next = childOf(node, step);
    if (next === undefined) return offset;
    node = next.value;
    offset = startOf(node) ?? next.offset;
  }
  return key === undefined ? offset : (childOf(node, key)?.offset ?? offset);
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
