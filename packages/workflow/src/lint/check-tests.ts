import { errorCodes } from "@attestream/shared";
import type { PlatformDefinition } from "../schema/index.ts";
import { codeOfNote } from "../run/recognise.ts";
import { defaultMax } from "../run/run-context.ts";
import type { LintSubject } from "./finding.ts";

type Test = NonNullable<PlatformDefinition["tests"]>[number];
type Screen = PlatformDefinition["screens"][number];

/** That the tests speak of this tree, and that each screen has one. */
export function checkTests({ definition, report }: LintSubject): void {
  const { screens, collect, tests = [] } = definition;
  const results = new Set(
    collect.flatMap((part) => [...Object.keys(part.read ?? {}), ...(part.table ? [part.id] : [])]),
  );
  const values = new Set([
    ...screens.flatMap(({ user }) => (user?.fields ?? []).map(({ id }) => id)),
    ...(screens.some(({ user }) => user?.choices !== undefined || user?.choicesFrom !== undefined) ? ["choice"] : []),
  ]);
  for (const [index, test] of tests.entries()) {
    for (const [at, id] of (test.expect.visited ?? []).entries()) {
      const screen = screens.find((candidate) => candidate.id === id);
      const path = ["tests", index, "expect", "visited", at];
      if (!screen) report("unknown-screen", path, `there is no screen "${id}"`);
      else if (screen.note !== undefined)
        report("unknown-screen", path, `${id} is a note, which stands beside another screen and is not visited`);
    }
    for (const field of Object.keys(test.expect.data ?? {}))
      if (!results.has(field))
        report("unknown-value", ["tests", index, "expect", "data", field], `no part of collect gives "${field}"`);
    for (const value of Object.keys(test.as))
      if (!values.has(value))
        report("test-value", ["tests", index, "as", value], `no user screen has a field "${value}"`);
    const { status, errorCode } = test.expect;
    if (errorCode !== undefined && errorCodes[errorCode].endsAs !== status)
      report(
        "unknown-value",
        ["tests", index, "expect", "status"],
        `${errorCode} ends a session as ${errorCodes[errorCode].endsAs}; write that`,
      );
  }
  for (const [index, screen] of screens.entries()) {
    if (!tests.some((test) => covers(test, screen)))
      report("untested-screen", ["screens", index, "id"], `no test covers ${screen.id}; ${remedyFor(screen)}`);
  }
}

/** As far as a test says what it passes: by what it visits, or by the code that it ends with. */
function covers({ expect: { visited, errorCode } }: Test, screen: Screen): boolean {
  if (screen.fail !== undefined) return errorCode === screen.fail || visited?.includes(screen.id) === true;
  if (screen.note !== undefined) return errorCode === codeOfNote(screen.note);
  return visited?.includes(screen.id) === true;
}

function remedyFor(screen: Screen): string {
  if (screen.fail !== undefined) return `add one that expects errorCode: ${screen.fail}`;
  if (screen.note !== undefined)
    return `add one that gets it wrong ${screen.max ?? defaultMax.note} times and expects errorCode: ${codeOfNote(screen.note)}`;
  return "name it in a test's expect.visited";
}
