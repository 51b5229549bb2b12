export interface TypedChange {
  /** Characters to delete before the caret first. */
  backspaces: number;
  text: string;
}

/** What turned `before` into `after` at the end of a field: how phone keyboards and input methods say what was typed. */
export function typedChange(before: string, after: string): TypedChange {
  const old = [...before];
  const now = [...after];
  let same = 0;
  while (same < old.length && same < now.length && old[same] === now[same]) same += 1;
  return { backspaces: old.length - same, text: now.slice(same).join("") };
}
