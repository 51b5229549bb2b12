import { setTimeout as sleep } from "node:timers/promises";
import type { Locator, Page } from "playwright";

const againMs = 100;

/**
 * Clicks an element once it is in view, at rest, enabled and not covered. Playwright does all of this as long
 * as a pixel of the page is one of the browser's; where the page is magnified for the viewer's screen it would
 * point beside the element, so the same is done here.
 */
export async function clickElement(
  page: Page,
  element: Locator,
  options: { magnification: number; timeout: number },
): Promise<void> {
  const { magnification, timeout } = options;
  if (magnification === 1) return element.click({ timeout });
  const giveUp = AbortSignal.timeout(timeout);
  for (;;) {
    const point = await clickablePoint(element, timeout, giveUp);
    const press = await element.evaluateHandle(listenForPress, undefined, { timeout });
    await page.mouse.click(point.x * magnification, point.y * magnification);
    // A document that is gone went because of the click.
    if (await press.evaluate(({ hit }) => hit).catch(() => true)) return;
    // It has moved meanwhile: the page was laid out anew, maybe because the viewer's phone was turned.
    if (giveUp.aborted) throw cannotClick();
  }
}

/** Its name is that of Playwright's own. */
const cannotClick = () => new DOMException("The element cannot be clicked.", "TimeoutError");

async function clickablePoint(
  element: Locator,
  timeout: number,
  giveUp: AbortSignal,
): Promise<{ x: number; y: number }> {
  for (;;) {
    // Waits until it is visible and has come to rest.
    await element.scrollIntoViewIfNeeded({ timeout });
    const [box, enabled, free] = await Promise.all([
      element.boundingBox({ timeout }),
      element.isEnabled({ timeout }),
      element.evaluate(isFree, undefined, { timeout }),
    ]);
    if (box !== null && enabled && free) return { x: box.x + box.width / 2, y: box.y + box.height / 2 };
    if (giveUp.aborted) throw cannotClick();
    await sleep(againMs);
  }
}

/** As much of a node in the page as is looked at: this code runs there, and is typed without the page. */
interface PageNode {
  parentNode: PageNode | null;
  /** Of a shadow root. */
  host?: PageNode;
}

interface Surface {
  elementFromPoint: (x: number, y: number) => PageElement | null;
}

interface Press {
  composedPath: () => unknown[];
}

interface PageDocument extends Surface {
  addEventListener: (type: "mousedown", hear: (event: Press) => void, how: { capture: true; once: true }) => void;
}

interface PageElement extends PageNode {
  ownerDocument: PageDocument;
  shadowRoot: Surface | null;
  getBoundingClientRect: () => { x: number; y: number; width: number; height: number };
}

/** In the page: whether the next press of the mouse, once there was one, was on the element. */
function listenForPress(element: PageElement): { hit: boolean } {
  const press = { hit: false };
  element.ownerDocument.addEventListener(
    "mousedown",
    (event) => {
      press.hit = event.composedPath().includes(element);
    },
    { capture: true, once: true },
  );
  return press;
}

/** In the page: whether what lies in the middle of the element is the element or in it. */
function isFree(element: PageElement): boolean {
  const box = element.getBoundingClientRect();
  const [x, y] = [box.x + box.width / 2, box.y + box.height / 2];
  let hit = element.ownerDocument.elementFromPoint(x, y);
  for (let inner = hit?.shadowRoot?.elementFromPoint(x, y); inner && inner !== hit;) {
    hit = inner;
    inner = hit.shadowRoot?.elementFromPoint(x, y);
  }
  for (let at: PageNode | null = hit; at !== null; at = at.parentNode ?? at.host ?? null)
    if (at === element) return true;
  return false;
}
