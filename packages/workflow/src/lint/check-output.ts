import { z } from "zod";
import type { ReadRule } from "../extract/index.ts";
import { dateValue, moneyValue, outputSchemaOf } from "../output/index.ts";
import type { LintSubject } from "./finding.ts";

type Path = readonly (string | number)[];

/** That what `output` promises has a source, and that the source gives its form. */
export function checkOutput({ definition, report }: LintSubject): void {
  const { output, collect } = definition;
  if (output === undefined) return;

  const checkRule = (path: Path, field: string, rule: ReadRule, wanted: z.ZodType, isRequired: boolean) => {
    const mend = formProblem(rule, wanted);
    if (mend) report("output-form", path, `${output} wants ${field} otherwise: ${mend}`);
    if (isRequired && rule.optional === true)
      report(
        "output-optional",
        path,
        `${output} needs ${field}: when it is missing, the session ends with SCHEMA_MISMATCH; remove optional`,
      );
  };

  for (const [field, wanted, isRequired] of fieldsOf(outputSchemaOf(output))) {
    const index = collect.findIndex(
      ({ id, read, table }) => Object.hasOwn(read ?? {}, field) || (table && id === field),
    );
    const part = collect[index];
    if (!part) {
      if (isRequired) report("output-source", ["output"], `${output} needs ${field}, and no part of collect gives it`);
      continue;
    }
    const rule = part.read && Object.hasOwn(part.read, field) ? part.read[field] : undefined;
    if (rule) {
      if (wanted instanceof z.ZodArray)
        report("output-form", ["collect", index, "read", field], `${output} wants a list for ${field}; use a table`);
      else checkRule(["collect", index, "read", field], field, rule, wanted, isRequired);
      continue;
    }
    const row = wanted instanceof z.ZodArray ? wanted.element : null;
    if (!(row instanceof z.ZodObject)) {
      report("output-form", ["collect", index, "table"], `${output} wants one value for ${field}, not a table`);
      continue;
    }
    for (const [column, wantedColumn, isNeeded] of fieldsOf(row)) {
      const columnRule = part.table?.read[column];
      const path = ["collect", index, "table", "read"];
      if (columnRule) checkRule([...path, column], `${field}.${column}`, columnRule, wantedColumn, isNeeded);
      else if (isNeeded) report("output-source", path, `${output} needs ${column} in each row of ${field}`);
    }
  }
}

/** Fields of an object schema: name, what it holds, whether it must be there. */
function fieldsOf(schema: z.ZodObject): [string, z.ZodType, boolean][] {
  return Object.entries(schema.shape).map(([name, field]) =>
    field instanceof z.ZodOptional ? [name, field.unwrap() as z.ZodType, false] : [name, field as z.ZodType, true],
  );
}

function formProblem(rule: ReadRule, wanted: z.ZodType): string | null {
  if (wanted === moneyValue) return rule.as === "money" ? null : "write as: money";
  if (wanted === dateValue) return rule.as === "date" ? null : "write as: date";
  if (rule.as === "money" || rule.as === "date") return `remove as: ${rule.as}`;
  if (rule.as === "integer" || rule.as === "number" || rule.as === "boolean") return "it is text";
  const given = Object.values(rule.map ?? {});
  const unfit = given.find((value) => !wanted.safeParse(value).success);
  if (unfit !== undefined)
    return wanted instanceof z.ZodEnum
      ? `map leads to "${String(unfit)}"; use ${wanted.options.join(", ")}`
      : `map leads to "${String(unfit)}", which does not fit`;
  if (wanted instanceof z.ZodEnum && rule.map === undefined)
    return `add a map from the site's words to ${wanted.options.join(", ")}`;
  return null;
}
