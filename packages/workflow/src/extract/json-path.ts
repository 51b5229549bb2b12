import { FunctionExpressionType, JSONPathEnvironment, Nothing, type FilterFunction } from "json-p3";
import { RE2JS } from "re2js";
import type { Json } from "@attestream/shared";

const maxLength = 300;
const maxDepth = 200;
const maxText = 100_000;
const maxCompiled = 50;

/** What is wrong with a JSONPath, or null. */
export function jsonPathProblem(path: string): string | null {
  if (path.length > maxLength) return `a JSONPath may have ${maxLength} characters; shorten it`;
  // Each further one multiplies the work by the size of the document.
  if ((path.match(/\.\./g) ?? []).length > 1)
    return "a JSONPath may have one `..`; name the members on the way instead";
  try {
    environment.compile(path);
    return null;
  } catch (error) {
    // The parser words it "unknown function 'x' ('$[?x(@)]':1:3)"; the path is quoted already.
    const why = error instanceof Error ? ` (${error.message.replace(/ \('.*$/s, "")})` : "";
    return `"${path}" is not an RFC 9535 JSONPath${why}; write for example $.items[0].number`;
  }
}

/** The one value a path leads to; undefined where there is none. Throws a RangeError where there are several. */
export function readJsonPath(document: Json, path: string): Json | undefined {
  const found = queryJson(document, path);
  if (found.length > 1) throw new RangeError("the JSONPath leads to several values");
  return found[0];
}

/** All values a path leads to, in the order of the document. */
export function queryJson(document: Json, path: string): Json[] {
  return environment.query(path, document).values() as Json[];
}

function createEnvironment(): JSONPathEnvironment {
  const created = new JSONPathEnvironment({ strict: true, maxRecursionDepth: maxDepth });
  created.functionRegister.set("length", lengthFunction);
  created.functionRegister.set("match", regexFunction("whole"));
  created.functionRegister.set("search", regexFunction("anywhere"));
  return created;
}

/** As the RFC has it: a text's length is counted in characters, not in UTF-16 units. */
const lengthFunction: FilterFunction = {
  argTypes: [FunctionExpressionType.ValueType],
  returnType: FunctionExpressionType.ValueType,
  call(value: unknown) {
    if (typeof value === "string") return Array.from(value).length;
    if (Array.isArray(value)) return value.length;
    return typeof value === "object" && value !== null ? Object.keys(value).length : Nothing;
  },
};

/** match() and search() with a matcher that takes time linear in the text. A pattern that is none matches nothing, as the RFC wants. */
function regexFunction(where: "whole" | "anywhere"): FilterFunction {
  const compiled = new Map<string, RE2JS | null>();
  return {
    argTypes: [FunctionExpressionType.ValueType, FunctionExpressionType.ValueType],
    returnType: FunctionExpressionType.LogicalType,
    call(text: unknown, pattern: unknown) {
      if (typeof text !== "string" || typeof pattern !== "string" || pattern.length > maxLength) return false;
      let regex = compiled.get(pattern);
      if (regex === undefined) {
        // Patterns can come out of the document.
        if (compiled.size >= maxCompiled) compiled.clear();
        compiled.set(pattern, (regex = compile(pattern)));
      }
      const matcher = regex?.matcher(text.slice(0, maxText));
      return (where === "whole" ? matcher?.matches() : matcher?.find()) ?? false;
    },
  };
}

/** I-Regexp (RFC 9485) is a part of what RE2 knows, but for the dot, which matches neither kind of line end. */
function compile(pattern: string): RE2JS | null {
  const dots = pattern.replace(/\\.|\[(?:\\.|[^\]\\])*\]|\./gs, (part) => (part === "." ? "[^\\n\\r]" : part));
  try {
    return RE2JS.compile(dots);
  } catch {
    return null;
  }
}

const environment = createEnvironment();
