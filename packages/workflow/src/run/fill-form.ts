import type { Challenge } from "@attestream/shared";
import type { UserScreen } from "../schema/index.ts";
import { firstOf } from "./clock.ts";
import type { FieldValue } from "./events.ts";
import { waits, type RunContext } from "./run-context.ts";

export type Filled = NonNullable<Challenge["filled"]>;

/**
 * Types the user's values where the tree says that the page's fields are, and presses its button. A page
 * without one of the fields is left at that: half a form sent would count as a wrong password.
 */
export async function fillForm(
  { page, clock }: Pick<RunContext, "page" | "clock">,
  { fields = [], submit }: UserScreen,
  values: readonly FieldValue[],
  signal: AbortSignal,
): Promise<Filled> {
  const within = (act: (inner: AbortSignal) => Promise<boolean>) =>
    firstOf(signal, [act, async (inner) => (await clock.wait(waits.action, inner), false)]);
  const before = page.observe();
  const missing: string[] = [];
  for (const { id, at } of fields) {
    const given = values.find((value) => value.id === id);
    if (given && !(await within((inner) => page.enter(at, given.value, inner)))) missing.push(id);
  }
  if (missing.length > 0) return { state: "stuck", missing };
  // A page may go on by itself with the last letter: what is there now has other buttons.
  const now = page.observe();
  if (now.documentId !== before.documentId || now.url !== before.url) return { state: "sent", missing };
  const pressed = await within((inner) => page.act(submit ? { click: submit } : { press: "Enter" }, inner));
  return { state: pressed ? "sent" : "stuck", missing };
}
