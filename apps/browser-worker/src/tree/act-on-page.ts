import type { PageAction } from "@attestream/workflow";
import type { Page } from "playwright";
import { findElement } from "./find-elements.ts";

const timeout = 5_000;
const far = 100_000;

/** Does one action of a tree. False when the element is not there or cannot be acted upon. */
export async function actOnPage(page: Page, action: PageAction): Promise<boolean> {
  try {
    return await perform(page, action);
  } catch (error) {
    if (
      error instanceof Error &&
      (error.name === "TimeoutError" ||
        /detached|destroyed|closed|not visible|not enabled|navigat/i.test(error.message))
    )
      return false;
    throw error;
  }
}

async function perform(page: Page, { click, type, select, press, scroll, back }: PageAction): Promise<boolean> {
  const at = click ?? type?.at ?? select?.at ?? (typeof scroll === "object" ? scroll.to : undefined);
  const element = at === undefined ? null : await findElement(page, at);
  if (at !== undefined && element === null) return false;
  if (click !== undefined) await element?.click({ timeout });
  else if (type !== undefined) await element?.fill(type.text, { timeout });
  else if (select !== undefined) await element?.selectOption({ label: select.option }, { timeout });
  else if (press !== undefined) await page.keyboard.press(press);
  else if (typeof scroll === "object") await element?.scrollIntoViewIfNeeded({ timeout });
  else if (scroll !== undefined) await page.mouse.wheel(0, scroll === "bottom" ? far : -far);
  else if (back === true) await page.goBack({ waitUntil: "commit", timeout });
  return true;
}
