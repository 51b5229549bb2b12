import type { Locator, UserScreen } from "../schema/index.ts";
import type { PagePort } from "./page-port.ts";

/** One thing that the user can take, and where it stands: as the tree says, or as the page listed it. */
export type OfferedChoice = { id: string; label: string } & ({ at: Locator } | { row: number });

const maxChoices = 50;
const maxLabel = 200;
const maxQuestion = 500;

/** What there is to choose now. The labels of a page's own list are the site's words: for the user's eyes only. */
export async function offeredChoices(user: UserScreen, page: PagePort): Promise<OfferedChoice[]> {
  if (user.choicesFrom === undefined) return (user.choices ?? []).map(({ id, label, at }) => ({ id, label, at }));
  const labels = await readLabels(user.choicesFrom, page);
  return labels
    .map((label, row) => ({ id: `choice-${row + 1}`, label, row }))
    .filter(({ label }) => label !== "")
    .slice(0, user.choicesFrom.max ?? maxChoices);
}

/** Clicks it. False when it is no longer there: the page is then looked at again. */
export async function takeChoice(
  choice: OfferedChoice,
  user: UserScreen,
  page: PagePort,
  signal: AbortSignal,
): Promise<boolean> {
  if ("at" in choice) return page.act({ click: choice.at }, signal);
  const { choicesFrom } = user;
  if (choicesFrom === undefined) return false;
  // The list may have moved since the user saw it: what counts is what he read.
  const labels = await readLabels(choicesFrom, page);
  const row = labels[choice.row] === choice.label ? choice.row : labels.indexOf(choice.label);
  return row < 0 || signal.aborted ? false : page.clickRow(choicesFrom.rows.css, row, signal);
}

/** The question as the page words it; null where the tree names none or it is not there. */
export async function askedQuestion({ ask }: UserScreen, page: PagePort): Promise<string | null> {
  if (ask === undefined) return null;
  return fold(await page.text(ask)).slice(0, maxQuestion) || null;
}

async function readLabels(from: NonNullable<UserScreen["choicesFrom"]>, page: PagePort): Promise<string[]> {
  const rows = await page.readElements(from.rows.css, [{ css: from.label?.css }]);
  return rows.map(([text]) => fold(text).slice(0, maxLabel));
}

function fold(text: string | null | undefined): string {
  return (text ?? "").replace(/\s+/g, " ").trim();
}
