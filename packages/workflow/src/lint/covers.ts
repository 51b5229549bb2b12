import { parseTextPattern } from "../extract/index.ts";
import { alternativesOf, compileUrlPattern, type Screen, type SingleLocator } from "../schema/index.ts";

/**
 * Whether `wide` matches wherever `narrow` does, as far as that can be decided from the patterns
 * alone. False also means "cannot be told".
 */
export function coversScreen(wide: Screen, narrow: Screen): boolean {
  return coversUrl(wide.when.url, narrow.when.url) && coversSee(wide.when.see, narrow.when.see);
}

type Url = Screen["when"]["url"];
type See = Screen["when"]["see"];

function coversUrl(wide: Url, narrow: Url): boolean {
  if (wide === undefined) return true;
  if (narrow === undefined) return false;
  return patternsOf(narrow).every((inner) => patternsOf(wide).some((outer) => coversPattern(outer, inner)));
}

function patternsOf(url: NonNullable<Url>): readonly string[] {
  return typeof url === "string" ? [url] : url.any;
}

function coversPattern(outer: string, inner: string): boolean {
  if (outer === inner) return true;
  const [outerHost, outerPath] = split(outer);
  const [innerHost, innerPath] = split(inner);
  if (outerHost !== null && outerHost !== innerHost) return false;
  if (outerPath === innerPath) return true;
  if (!isGlob(innerPath)) return compileUrlPattern(outerPath)(`https://any.test${innerPath}`);
  const stem = /^([^*?[\]{}()!+@]*)\*\*$/.exec(outerPath)?.[1];
  return stem !== undefined && innerPath.startsWith(stem);
}

function split(pattern: string): [host: string | null, path: string] {
  const [, host, path = pattern] = /^https:\/\/([^/]+)(\/.*)$/.exec(pattern) ?? [];
  return [host?.toLowerCase() ?? null, path];
}

function isGlob(path: string): boolean {
  return /[*?[\]{}()!+@]/.test(path);
}

function coversSee(wide: See, narrow: See): boolean {
  if (wide === undefined) return true;
  if (narrow === undefined) return false;
  return alternativesOf(narrow).every((inner) => alternativesOf(wide).some((outer) => coversLocator(outer, inner)));
}

function coversLocator(outer: SingleLocator, inner: SingleLocator): boolean {
  if (outer.role !== undefined)
    return outer.role === inner.role && (outer.name === undefined || coversText(outer.name, inner.name));
  if (outer.label !== undefined) return coversText(outer.label, inner.label);
  if (outer.text !== undefined) return coversText(outer.text, inner.text);
  if (outer.testId !== undefined) return outer.testId === inner.testId;
  return outer.css !== undefined && outer.css === inner.css;
}

/** Plain text is looked for anywhere: where the longer one stands, the shorter one does too. */
function coversText(outer: string, inner: string | undefined): boolean {
  if (inner === undefined) return false;
  if (outer === inner) return true;
  const [wide, narrow] = [parseTextPattern(outer), parseTextPattern(inner)];
  return (
    wide.kind === "plain" && narrow.kind === "plain" && narrow.text.toLowerCase().includes(wide.text.toLowerCase())
  );
}
