import { query } from "jsonpath-rfc9535";
import type { Json } from "@attestream/shared";

const maxLength = 300;

/** What is wrong with a JSONPath, or null. Kept to the part of RFC 9535 whose cost is bounded by the document. */
export function jsonPathProblem(path: string): string | null {
  if (path.length > maxLength) return `a JSONPath may have ${maxLength} characters; shorten it`;
  if (/\b(match|search)\s*\(/.test(path))
    return "match() and search() are not available in a JSONPath; select the value and use `regex`";
  if ((path.match(/\.\./g) ?? []).length > 1)
    return "a JSONPath may have one `..`; name the members on the way instead";
  try {
    query(null, path);
    return null;
  } catch {
    return `"${path}" is not an RFC 9535 JSONPath; write for example $.items[0].number`;
  }
}

/** The one value a path leads to; undefined where there is none. Throws a RangeError where there are several. */
export function readJsonPath(document: Json, path: string): Json | undefined {
  const found = query(document, path) as Json[];
  if (found.length > 1) throw new RangeError("the JSONPath leads to several values");
  return found[0];
}
