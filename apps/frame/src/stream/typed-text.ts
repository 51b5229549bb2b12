export interface TypedChange {
  /** Characters to delete before the caret first. */
  backspaces: number;
  text: string;
}

/**
 * The text that took the place of all that was in a field beginning with `start`: what a browser, a
 * password manager or a phone fills in by itself. Null when the rest was changed: that was typed.
 */
export function filledText(start: string, after: string): string | null {
  return after !== "" && after[0] !== start[0] ? after : null;
}

/** What turned `before` into `after` at the end of a field: how phone keyboards and input methods say what was typed. */
export function typedChange(before: string, after: string): TypedChange {
  const old = [...before];
  const now = [...after];
  let same = 0;
  while (same < old.length && same < now.length && old[same] === now[same]) same += 1;
  return { backspaces: old.length - same, text: now.slice(same).join("") };
}
