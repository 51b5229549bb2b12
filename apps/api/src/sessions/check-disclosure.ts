import { checkDisclosure as findProblem, type FieldShape } from "@attestream/attestation/disclosure";
import { AppError, type Disclosure } from "@attestream/shared";
import type { PlatformDefinition } from "@attestream/workflow/schema";

type Rules = NonNullable<PlatformDefinition["collect"][number]["read"]>;

/** Throws with the member and the remedy where a session asks for what its platform does not give. */
export function checkDisclosure(disclosure: Disclosure, definition: Pick<PlatformDefinition, "collect">): void {
  const problem = findProblem(disclosure, fieldsOf(definition));
  if (problem === null) return;
  const param = `disclosure.${problem.path}`;
  throw new AppError("disclosure_invalid", { message: `${param}: ${problem.message}`, param });
}

/** Top-level fields of the data, as the platform's rules shape them; a table is a list under its part's name. */
function fieldsOf({ collect }: Pick<PlatformDefinition, "collect">): Map<string, FieldShape> {
  return new Map(
    collect.flatMap(({ id, read, table }): [string, FieldShape][] => [
      ...shapesOf(read ?? {}),
      ...(table === undefined ? [] : [[id, { list: shapesOf(table.read) }] as [string, FieldShape]]),
    ]),
  );
}

function shapesOf(rules: Rules): Map<string, FieldShape> {
  return new Map(
    Object.entries(rules).map(([field, { as }]) => [field, as === "money" || as === "date" ? as : "value"]),
  );
}
