import type { PlatformDefinition } from "../schema/index.ts";
import { codeOfNote } from "./recognise.ts";
import type { RunOutcome } from "./run-tree.ts";

/**
 * The ways that a tree can go, each by its name: a screen comes up, a note is shown, a note comes too
 * often, a part is read, an optional part fails. From any screen any other may follow, so what leads
 * from where does not count.
 */
export function edgesOf({ screens, collect }: PlatformDefinition): string[] {
  return [
    ...screens.flatMap(({ id, note }) => (note === undefined ? [id] : [`${id} shown`, `${id} too often`])),
    ...collect.flatMap(({ id, optional }) => [`${id} read`, ...(optional === true ? [`${id} fails`] : [])]),
  ];
}

/** Those of them that a run took. */
export function edgesTaken({ screens, collect }: PlatformDefinition, outcome: RunOutcome): string[] {
  const notes = screens.filter(({ id }) => outcome.noted.includes(id));
  const failed = outcome.kind === "extracted" ? outcome.failedParts.map(({ part }) => part) : [];
  const last = outcome.kind === "failed" ? notes.find(({ id }) => id === outcome.noted.at(-1)) : undefined;
  const read = outcome.kind === "extracted" ? collect.filter(({ id }) => !failed.includes(id)) : [];
  return [
    ...outcome.visited,
    ...notes.map(({ id }) => `${id} shown`),
    ...(last?.note !== undefined && outcome.kind === "failed" && codeOfNote(last.note) === outcome.code
      ? [`${last.id} too often`]
      : []),
    ...read.map(({ id }) => `${id} read`),
    ...failed.map((id) => `${id} fails`),
  ];
}
