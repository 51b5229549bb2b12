import type { Browser, BrowserContext, BrowserContextOptions, Page } from "playwright";
import { alignClientHints } from "./client-hints.ts";

export interface OpenedPage {
  context: BrowserContext;
  page: Page;
}

/** An empty page in a context of its own, which says of itself what these settings say. */
export async function openPage(browser: Browser, settings: BrowserContextOptions): Promise<OpenedPage> {
  const context = await browser.newContext(settings);
  const page = await context.newPage();
  await alignClientHints(context, page);
  return { context, page };
}
