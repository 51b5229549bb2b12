import { RE2JS } from "re2js";

/**
 * How a tree says "this text": a plain string (found anywhere, white space folded, case ignored) or
 * `/regex/flags`. Regexes keep to what RE2 can run, so that matching takes time linear in the text.
 */
export type TextPattern = { kind: "plain"; text: string } | { kind: "regex"; source: string; flags: string };

const maxSource = 500;
const maxText = 100_000;

/** Throws a RangeError that names the remedy. */
export function parseTextPattern(written: string): TextPattern {
  const match = /^\/(.+)\/([a-z]*)$/s.exec(written);
  if (!match) return { kind: "plain", text: foldSpace(written) };
  const [, source = "", flags = ""] = match;
  compileRegex(source, flags);
  try {
    // Pages are searched by the browser's own engine: the two must both know the syntax. With this flag
    // escapes that mean something to RE2 alone (\A, \z, \Q) are errors; without it they are letters.
    void new RegExp(source, `${flags}u`);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new RangeError(`not a regex that browsers know (${why}); escape only what has a meaning of its own`, {
      cause: error,
    });
  }
  return { kind: "regex", source, flags };
}

export function matchesText(pattern: TextPattern, text: string): boolean {
  const folded = foldSpace(text);
  if (pattern.kind === "plain") return folded.toLowerCase().includes(pattern.text.toLowerCase());
  return compileRegex(pattern.source, pattern.flags).matcher(folded.slice(0, maxText)).find();
}

/** First group of the first match, the whole match where there is no group, null where nothing matches. */
export function findByRegex(written: string, text: string): string | null {
  const pattern = parseTextPattern(written);
  if (pattern.kind === "plain") throw new RangeError(`"${written}" is not a regex; write it as /.../`);
  const matcher = compileRegex(pattern.source, pattern.flags).matcher(text.slice(0, maxText));
  if (!matcher.find()) return null;
  return (matcher.groupCount() > 0 ? matcher.group(1) : matcher.group(0)) ?? null;
}

function compileRegex(source: string, flags: string): RE2JS {
  if (source.length > maxSource) throw new RangeError(`a regex may have ${maxSource} characters; shorten it`);
  let bits = 0;
  for (const flag of flags) {
    const bit = { i: RE2JS.CASE_INSENSITIVE, m: RE2JS.MULTILINE, s: RE2JS.DOTALL }[flag];
    if (bit === undefined) throw new RangeError(`regex flag "${flag}" is not known; use i, m or s`);
    bits |= bit;
  }
  try {
    return RE2JS.compile(source, bits);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new RangeError(`not a regex that RE2 can run (${why}); look-around and back-references are not available`, {
      cause: error,
    });
  }
}

function foldSpace(text: string): string {
  return text.replace(/\s+/g, " ").trim();
}
