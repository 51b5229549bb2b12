import { errorCodes, type ErrorCode } from "@attestream/shared";
import { compileUrlPattern, type Screen } from "../schema/index.ts";
import type { Observation } from "./page-port.ts";
import { defaultMax, type RunContext } from "./run-context.ts";
import { TreeFailure } from "./tree-failure.ts";

export interface Look {
  seen: Observation;
  /** The first screen that matches, notes aside. */
  screen: Screen | null;
  /** What the site complains about now, in its own words. */
  websiteError: string | null;
  /** True when a complaint was not there at the look before. */
  complaintIsNew: boolean;
}

/** What a note turns into when it has come too often. */
export function codeOfNote(note: ErrorCode): ErrorCode {
  return note === "INVALID_CREDENTIALS" ? "LOGIN_ATTEMPTS_EXCEEDED" : note;
}

const maxErrorText = 300;

export interface Recogniser {
  /** Null when the document was replaced meanwhile: look again. */
  look(): Promise<Look | null>;
  /** Ids of screens whose address fits here, for the author of a tree that no longer does. */
  nearest(): string[];
}

/**
 * Compares the page with the screens. Notes stand beside another screen (a wrong password leaves the
 * login form in place), so they are looked for separately; one counts each time that it appears: with
 * a new document, or after it was gone.
 */
export function createRecogniser({
  definition,
  page,
  noted,
}: Pick<RunContext, "definition" | "page" | "noted">): Recogniser {
  const compiled = definition.screens.map((screen) => {
    const urls =
      screen.when.url === undefined
        ? []
        : typeof screen.when.url === "string"
          ? [screen.when.url]
          : screen.when.url.any;
    const patterns = urls.map(compileUrlPattern);
    return {
      screen,
      fitsUrl: (url: string) => patterns.length === 0 || patterns.some((fits) => fits(url)),
      hasUrl: patterns.length > 0,
    };
  });
  const notes = compiled.filter(({ screen }) => screen.note !== undefined);
  const screens = compiled.filter(({ screen }) => screen.note === undefined);
  const shownIn = new Map<string, string>();
  const counts = new Map<string, number>();

  const matches = async ({ screen, fitsUrl }: (typeof compiled)[number], url: string) =>
    fitsUrl(url) && (screen.when.see === undefined || (await page.find(screen.when.see)));

  const takeNotes = (present: readonly Screen[], documentId: string): boolean => {
    let isNew = false;
    for (const { screen } of notes) {
      if (!present.includes(screen)) {
        shownIn.delete(screen.id);
        continue;
      }
      if (shownIn.get(screen.id) === documentId) continue;
      shownIn.set(screen.id, documentId);
      isNew = true;
      noted.push(screen.id);
      const count = (counts.get(screen.id) ?? 0) + 1;
      counts.set(screen.id, count);
      const code = screen.note ?? "INTERNAL";
      if (count >= (screen.max ?? defaultMax.note)) throw new TreeFailure(codeOfNote(code));
    }
    return isNew;
  };

  return {
    async look() {
      const seen = page.observe();
      let screen: Screen | null = null;
      for (const candidate of screens) {
        if (!(await matches(candidate, seen.url))) continue;
        screen = candidate.screen;
        break;
      }
      const present: Screen[] = [];
      let websiteError: string | null = null;
      for (const candidate of notes) {
        if (!(await matches(candidate, seen.url))) continue;
        present.push(candidate.screen);
        const text = candidate.screen.when.see ? await page.text(candidate.screen.when.see) : null;
        websiteError ??=
          text?.replace(/\s+/g, " ").trim().slice(0, maxErrorText) ||
          errorCodes[candidate.screen.note ?? "INTERNAL"].message;
      }
      if (page.observe().documentId !== seen.documentId) return null;
      return { seen, screen, websiteError, complaintIsNew: takeNotes(present, seen.documentId) };
    },
    nearest: () =>
      screens.filter(({ hasUrl, fitsUrl }) => hasUrl && fitsUrl(page.observe().url)).map(({ screen }) => screen.id),
  };
}
