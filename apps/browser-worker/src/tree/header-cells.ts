import { matchesText, parseTextPattern } from "@attestream/workflow/extract";

/** As much of an element in the page as is looked at: this code runs there, and is typed without the page. */
interface PageElement {
  textContent: string | null;
  innerText?: string;
  colSpan?: number;
  children: Iterable<PageElement>;
  matches: (css: string) => boolean;
  closest: (css: string) => PageElement | null;
  querySelectorAll: (css: string) => Iterable<PageElement>;
}

/**
 * In the page, of one row: the texts of the last header row of its table, one for each column that a
 * header spans. Sent to the browser as text: it may use nothing from around it.
 */
export function headerTextsOf(row: PageElement): string[] {
  const isHead = (cell: PageElement) => cell.matches("thead *, th:not([scope=row]), [role=columnheader]");
  const table = row.closest("table, [role=table], [role=grid], [role=treegrid]");
  const heads = [...(table?.querySelectorAll("tr, [role=row]") ?? [])]
    .map((candidate) => [...candidate.children])
    .filter(
      (cells) =>
        cells.some((cell) => isHead(cell)) && cells.every((cell) => isHead(cell) || cell.textContent?.trim() === ""),
    );
  return (heads.at(-1) ?? []).flatMap((cell) =>
    Array.from({ length: Math.min(cell.colSpan ?? 1, 100) }, () => cell.innerText ?? ""),
  );
}

/** The column under a header, counted from 1: one that has these very words, otherwise one that has them in it. */
export function columnOf(header: string, texts: readonly string[]): number | null {
  const pattern = parseTextPattern(header);
  const fold = (text: string) => text.replace(/\s+/g, " ").trim().toLowerCase();
  const same = pattern.kind === "plain" ? texts.findIndex((text) => fold(text) === fold(pattern.text)) : -1;
  const index = same >= 0 ? same : texts.findIndex((text) => matchesText(pattern, text));
  return index < 0 ? null : index + 1;
}
