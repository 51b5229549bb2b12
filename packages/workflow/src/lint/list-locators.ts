import type { Locator, PlatformDefinition } from "../schema/index.ts";

interface PlacedLocator {
  path: readonly (string | number)[];
  locator: Locator;
}

/** Every locator of a tree's screens and where it stands. */
export function listLocators({ screens }: PlatformDefinition): PlacedLocator[] {
  const found: PlacedLocator[] = [];
  const add = (path: readonly (string | number)[], locator: Locator | undefined) => {
    if (locator !== undefined) found.push({ path, locator });
  };
  for (const [index, { when, user, do: actions }] of screens.entries()) {
    const screen = ["screens", index] as const;
    add([...screen, "when", "see"], when.see);
    for (const [at, field] of (user?.fields ?? []).entries()) add([...screen, "user", "fields", at, "at"], field.at);
    for (const [at, choice] of (user?.choices ?? []).entries())
      add([...screen, "user", "choices", at, "at"], choice.at);
    add([...screen, "user", "ask"], user?.ask);
    add([...screen, "user", "submit"], user?.submit);
    for (const [at, action] of (actions ?? []).entries()) {
      const path = [...screen, "do", at] as const;
      add([...path, "click"], action.click);
      add([...path, "type", "at"], action.type?.at);
      add([...path, "select", "at"], action.select?.at);
      if (typeof action.scroll === "object") add([...path, "scroll", "to"], action.scroll.to);
      add([...path, "wait", "see"], action.wait?.see);
    }
  }
  return found;
}
