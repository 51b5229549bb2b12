import type { ElementSource } from "@attestream/workflow";
import type { Locator, Page } from "playwright";
import { findAll } from "./find-elements.ts";

const maxRows = 1_000;
const parallel = 8;
const elementTimeoutMs = 2_000;

/** The texts of each row, or of the page as the one row. Only text and harmless attributes: never the value of a field. */
export async function readElements(
  page: Page,
  rowsCss: string | null,
  sources: readonly ElementSource[],
): Promise<(string | null)[][]> {
  if (rowsCss === null) {
    return [
      await Promise.all(
        sources.map(async (source) =>
          textOf(source.css === undefined ? null : await findAll(page, source.css), source),
        ),
      ),
    ];
  }
  const rows = await findAll(page, rowsCss);
  if (rows === null) return [];
  const count = Math.min(await rows.count(), maxRows);
  const read: (string | null)[][] = [];
  for (let start = 0; start < count; start += parallel) {
    const batch = Array.from({ length: Math.min(parallel, count - start) }, (_, index) => rows.nth(start + index));
    read.push(
      ...(await Promise.all(
        batch.map((row) => Promise.all(sources.map((source) => textOf(inRow(row, source), source)))),
      )),
    );
  }
  return read;
}

function inRow(row: Locator, { cell, css }: ElementSource): Locator {
  if (cell !== undefined)
    return row
      .locator(
        "css=:scope > td, :scope > th, :scope > [role=cell], :scope > [role=gridcell], :scope > [role=rowheader]",
      )
      .nth(cell - 1);
  return row.locator(`css=${css ?? ":scope"}`);
}

async function textOf(locator: Locator | null, { attr }: ElementSource): Promise<string | null> {
  try {
    if (!locator || (await locator.count()) === 0) return null;
    const element = locator.first();
    return attr === undefined
      ? await element.innerText({ timeout: elementTimeoutMs })
      : await element.getAttribute(attr, { timeout: elementTimeoutMs });
  } catch {
    // Gone while we looked: the runner looks again with the change that took it.
    return null;
  }
}
