import { existsSync } from "node:fs";

const places = ["/usr/bin/firefox-esr", "/usr/bin/firefox"];

/** Debian's Firefox, or the one that is named; not Playwright's, which is a build of its own that nobody uses. */
export function findFirefox(): string {
  const named = process.env["FIREFOX_PATH"];
  const found = named === undefined ? places.find((place) => existsSync(place)) : named;
  if (found !== undefined && existsSync(found)) return found;
  throw new Error(
    named === undefined
      ? "No Firefox found. Install it, on Debian with: apt-get install firefox-esr. Or set FIREFOX_PATH."
      : `FIREFOX_PATH: there is no ${named}. Name the program file of a Firefox.`,
  );
}
