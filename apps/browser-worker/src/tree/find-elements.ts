import { parseTextPattern } from "@attestream/workflow/extract";
import { alternativesOf, TreeFailure, type Locator, type SingleLocator } from "@attestream/workflow";
import type { Frame, Locator as PlaywrightLocator, Page } from "playwright";

const maxFrames = 30;

/** The first visible element that a tree's locator means, in the frames of the page in their order; null where there is none now. */
export async function findElement(page: Page, locator: Locator): Promise<PlaywrightLocator | null> {
  for (const single of alternativesOf(locator)) {
    const found = await inFrames(page, (frame) => toPlaywright(frame, single));
    if (found) return found.first();
  }
  return null;
}

/** All visible elements of a selector, in the first frame that has one. */
export async function findAll(page: Page, css: string): Promise<PlaywrightLocator | null> {
  return inFrames(page, (frame) => frame.locator(`css=${css}`));
}

async function inFrames(page: Page, locate: (frame: Frame) => PlaywrightLocator): Promise<PlaywrightLocator | null> {
  for (const frame of page.frames().slice(0, maxFrames)) {
    const visible = locate(frame).filter({ visible: true });
    if ((await countOf(visible)) > 0) return visible;
  }
  return null;
}

/** Elements vanish and documents are replaced while one looks: that is "not there"; the change itself makes the runner look again. */
async function countOf(locator: PlaywrightLocator): Promise<number> {
  try {
    return await locator.count();
  } catch (error) {
    if (error instanceof Error && /while parsing|not a valid selector/i.test(error.message))
      throw new TreeFailure("TREE_INVALID", "A css selector of the tree is not valid.");
    return 0;
  }
}

function toPlaywright(frame: Frame, locator: SingleLocator): PlaywrightLocator {
  if (locator.role !== undefined)
    return frame.getByRole(locator.role, locator.name === undefined ? {} : { name: toMatcher(locator.name) });
  if (locator.label !== undefined) return frame.getByLabel(toMatcher(locator.label));
  if (locator.text !== undefined) return frame.getByText(toMatcher(locator.text));
  if (locator.testId !== undefined) return frame.getByTestId(locator.testId);
  return frame.locator(`css=${locator.css ?? ""}`);
}

/** Plain text as Playwright takes it: any part of the text, case ignored, white space folded. */
function toMatcher(written: string): string | RegExp {
  const pattern = parseTextPattern(written);
  if (pattern.kind === "plain") return pattern.text;
  // As a Unicode regex, which \p{L} needs; Playwright writes those into its selectors as they are.
  const source = pattern.source.replace(/["'`]/g, (quote) => `\\x${quote.charCodeAt(0).toString(16)}`);
  return new RegExp(source.replaceAll(">>", "\\x3e\\x3e"), `${pattern.flags}u`);
}
