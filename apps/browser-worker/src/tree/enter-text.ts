import { TreeFailure, type Locator } from "@attestream/workflow";
import type { Page } from "playwright";
import { findElement } from "./find-elements.ts";

const timeout = 5_000;

/**
 * Types a text of the user's into a field, in the place of what is in it: key by key, as the user would,
 * so that a code typed into the first of six boxes goes on into the next. False when the field is not
 * there or takes nothing. An error would quote the text: none gets out.
 */
export async function enterText(page: Page, at: Locator, text: string, signal: AbortSignal): Promise<boolean> {
  try {
    const element = await findElement(page, at);
    if (element === null || !(await element.isEditable({ timeout })) || signal.aborted) return false;
    await element.selectText({ timeout });
    if (signal.aborted) return false;
    await page.keyboard.type(text);
    return true;
  } catch (error) {
    // Of our own making: it names the tree's selector.
    if (error instanceof TreeFailure) throw error;
    return false;
  }
}
