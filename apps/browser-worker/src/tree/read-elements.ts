import type { ElementSource } from "@attestream/workflow";
import type { Locator, Page } from "playwright";
import { fieldValue } from "./field-value.ts";
import { findAll } from "./find-elements.ts";
import { columnOf, headerTextsOf } from "./header-cells.ts";

const maxRows = 1_000;
const parallel = 8;
const elementTimeoutMs = 2_000;

/** The texts of each row, or of the page as the one row. Only text, harmless attributes and what fields show: never a secret. */
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
  const placed = await placeColumns(rows, sources);
  const read: (string | null)[][] = [];
  for (let start = 0; start < count; start += parallel) {
    const batch = Array.from({ length: Math.min(parallel, count - start) }, (_, index) => rows.nth(start + index));
    read.push(
      ...(await Promise.all(
        batch.map((row) => Promise.all(placed.map((source) => textOf(source && inRow(row, source), source ?? {})))),
      )),
    );
  }
  return read;
}

type PlacedSource = Omit<ElementSource, "cell"> & { cell?: number | undefined };

/** Columns that are named by their header, by number. Null: there is no such column. */
async function placeColumns(rows: Locator, sources: readonly ElementSource[]): Promise<(PlacedSource | null)[]> {
  const headers = sources.some(({ cell }) => typeof cell === "string") ? await headerTexts(rows) : [];
  return sources.map((source) => {
    if (typeof source.cell !== "string") return { ...source, cell: source.cell };
    const cell = columnOf(source.cell, headers);
    return cell === null ? null : { ...source, cell };
  });
}

async function headerTexts(rows: Locator): Promise<string[]> {
  try {
    return await rows.first().evaluate(headerTextsOf, undefined, { timeout: elementTimeoutMs });
  } catch {
    return [];
  }
}

function inRow(row: Locator, { cell, css }: PlacedSource): Locator {
  if (cell !== undefined)
    return row
      .locator(
        "css=:scope > td, :scope > th, :scope > [role=cell], :scope > [role=gridcell], :scope > [role=rowheader]",
      )
      .nth(cell - 1);
  return row.locator(`css=${css ?? ":scope"}`);
}

async function textOf(locator: Locator | null, { attr }: Pick<ElementSource, "attr">): Promise<string | null> {
  try {
    if (!locator || (await locator.count()) === 0) return null;
    const element = locator.first();
    if (attr === undefined) return await element.innerText({ timeout: elementTimeoutMs });
    if (attr === "value") return await element.evaluate(fieldValue, undefined, { timeout: elementTimeoutMs });
    return await element.getAttribute(attr, { timeout: elementTimeoutMs });
  } catch {
    // Gone while we looked: the runner looks again with the change that took it.
    return null;
  }
}
