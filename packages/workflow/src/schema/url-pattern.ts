import picomatch from "picomatch";
import { expandAllow } from "./allow-presets.ts";

/**
 * Which addresses a tree means: `/path/glob`, or `https://host.glob/path/glob`. `*` stays within one
 * path segment, `**` crosses them and may end a word (`/login**` is /login, /login2 and /login/step).
 * Query and fragment do not count.
 */
const maxPattern = 300;
const maxPath = 2_048;

/** What is wrong with a pattern, or null. */
export function urlPatternProblem(pattern: string): string | null {
  if (pattern.length > maxPattern) return `an address pattern may have ${maxPattern} characters; shorten it`;
  if (!/^(?:https:\/\/[a-z0-9.*-]+(?::\d+)?)?\/[^\s?#]*$/i.test(pattern))
    return "write a path from its first slash, for example /login**, or https://host/path; without query and fragment";
  if ((pattern.match(/\*+/g) ?? []).length > 6) return "an address pattern may have 6 wildcards";
  return null;
}

/** A function that tells whether an absolute URL fits. */
export function compileUrlPattern(pattern: string): (url: string) => boolean {
  const [, host, path = ""] = /^(?:https:\/\/([^/]+))?(\/.*)$/.exec(pattern) ?? [];
  const matchesPath = picomatch(pathGlobs(path), { dot: true, nonegate: true, noextglob: true });
  const matchesHost =
    host === undefined ? () => true : picomatch(host.toLowerCase(), { dot: true, nonegate: true, noextglob: true });
  return (url) => {
    if (!URL.canParse(url)) return false;
    const parsed = new URL(url);
    return parsed.pathname.length <= maxPath && matchesHost(parsed.host) && matchesPath(parsed.pathname);
  };
}

/** picomatch reads `**` as "any segments" only where it stands alone between slashes. */
function pathGlobs(path: string): string[] {
  if (!/[^/]\*\*$/.test(path)) return [path];
  const stem = path.slice(0, -2);
  return [`${stem}*`, `${stem}*/**`];
}

/** Whether a host is on an allow list of exact names, `*.name` (subdomains at any depth, not the apex) and presets. */
export function isAllowedHost(allow: readonly string[], host: string): boolean {
  const name = host.toLowerCase();
  return expandAllow(allow).some((entry) =>
    entry.startsWith("*.") ? name.endsWith(entry.slice(1).toLowerCase()) : name === entry.toLowerCase(),
  );
}
