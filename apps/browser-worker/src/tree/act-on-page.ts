import type { PageAction } from "@attestream/workflow";
import type { Locator as PlaywrightLocator, Page } from "playwright";
import { clickElement } from "./click-element.ts";
import { findAll, findElement } from "./find-elements.ts";

const timeout = 5_000;
const far = 100_000;

/** Does one action of a tree. False when the element is not there or cannot be acted upon. */
export function actOnPage(page: Page, action: PageAction, magnification = 1): Promise<boolean> {
  return attempt(() => perform(page, action, magnification));
}

/** Clicks one of the visible elements of a selector, counted from 0. False as above. */
export function clickRow(page: Page, rowsCss: string, index: number, magnification = 1): Promise<boolean> {
  return attempt(async () => {
    const rows = await findAll(page, rowsCss);
    if (rows === null || (await rows.count()) <= index) return false;
    await clickElement(page, rows.nth(index), { magnification, timeout });
    return true;
  });
}

/** A dialog that the click opens holds it up until somebody has answered: it is done by then. */
async function clickOn(page: Page, element: PlaywrightLocator, magnification: number): Promise<void> {
  const clicked = clickElement(page, element, { magnification, timeout });
  const opened = Promise.withResolvers<void>();
  const onDialog = () => opened.resolve();
  page.on("dialog", onDialog);
  clicked.catch(() => undefined);
  try {
    await Promise.race([clicked, opened.promise]);
  } finally {
    page.off("dialog", onDialog);
  }
}

async function attempt(act: () => Promise<boolean>): Promise<boolean> {
  try {
    return await act();
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

async function perform(page: Page, action: PageAction, magnification: number): Promise<boolean> {
  const { click, type, select, press, scroll, back } = action;
  const at = click ?? type?.at ?? select?.at ?? (typeof scroll === "object" ? scroll.to : undefined);
  const element = at === undefined ? null : await findElement(page, at);
  if (at !== undefined && element === null) return false;
  if (click !== undefined) await (element && clickOn(page, element, magnification));
  else if (type !== undefined) await element?.fill(type.text, { timeout });
  else if (select !== undefined) await element?.selectOption({ label: select.option }, { timeout });
  else if (press !== undefined) await page.keyboard.press(press);
  else if (typeof scroll === "object") await element?.scrollIntoViewIfNeeded({ timeout });
  else if (scroll !== undefined) await page.mouse.wheel(0, scroll === "bottom" ? far : -far);
  else if (back === true) await page.goBack({ waitUntil: "commit", timeout });
  return true;
}
