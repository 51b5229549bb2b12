import { parseSync } from "oxc-parser";
import { z } from "zod";

export interface Mutant {
  start: number;
  end: number;
  replacement: string;
  /** For the report. */
  line: number;
  what: string;
}

const operators: Readonly<Record<string, string>> = {
  "===": "!==",
  "!==": "===",
  "<": "<=",
  "<=": "<",
  ">": ">=",
  ">=": ">",
  "+": "-",
  "-": "+",
  "*": "/",
  "/": "*",
  "&&": "||",
  "||": "&&",
  "??": "&&",
};

/** Changes that alter no behaviour or only words for people; beside these all types. */
const skipped = new Set(["ImportDeclaration", "ExportAllDeclaration", "ThrowStatement"]);
/** A value with a type said of it. */
const typed = new Set(["TSAsExpression", "TSSatisfiesExpression", "TSNonNullExpression"]);

const spanSchema = z.looseObject({ type: z.string(), start: z.number(), end: z.number() });
type Span = z.infer<typeof spanSchema>;

/** Every small change to a source that its tests should notice: other operators, conditions, literals, steps left out. */
export function findMutants(file: string, source: string): Mutant[] {
  const { program, errors } = parseSync(file, source);
  if (errors.length > 0) throw new Error(`${file} cannot be parsed`);
  const mutants: Mutant[] = [];
  const text = ({ start, end }: Span) => source.slice(start, end);
  const add = ({ start, end }: { start: number; end: number }, replacement: string) => {
    const before = source.slice(start, end);
    const line = source.slice(0, start).split("\n").length;
    const what = `${before.slice(0, 50).replace(/\s+/g, " ")} -> ${replacement.slice(0, 40).replace(/\s+/g, " ")}`;
    mutants.push({ start, end, replacement, line, what });
  };
  const visit = (value: unknown): void => {
    if (Array.isArray(value)) return value.forEach(visit);
    const node = spanSchema.safeParse(value).data;
    if (node === undefined || skipped.has(node.type)) return;
    if (typed.has(node.type)) return visit(node["expression"]);
    if (node.type.startsWith("TS")) return;
    mutate(node);
    for (const child of Object.values(node)) if (typeof child === "object" && child !== null) visit(child);
  };

  function mutate(node: Span): void {
    const child = (name: string) => spanSchema.safeParse(node[name]).data;
    switch (node.type) {
      case "BinaryExpression":
      case "LogicalExpression": {
        const [left, right] = [child("left"), child("right")];
        const other = operators[String(node["operator"])];
        if (left && right && other !== undefined) add(node, `(${text(left)}) ${other} (${text(right)})`);
        return;
      }
      case "IfStatement":
      case "ConditionalExpression": {
        const test = child("test");
        if (!test) return;
        // With parentheses of the statement's own around it either way.
        for (const outcome of ["true", "false"]) add(test, outcome);
        return;
      }
      case "UnaryExpression": {
        const argument = child("argument");
        if (node["operator"] === "!" && argument) add(node, `(${text(argument)})`);
        return;
      }
      case "Literal":
        if (typeof node["value"] === "boolean") add(node, String(!node["value"]));
        else if (typeof node["value"] === "number") add(node, String(node["value"] + 1));
        else if (typeof node["value"] === "string") add(node, node["value"] === "" ? '"mutant"' : '""');
        return;
      case "ArrayExpression":
        if (Array.isArray(node["elements"]) && node["elements"].length > 0) add(node, "[]");
        return;
      case "ExpressionStatement":
        add(node, ";");
        return;
      default:
    }
  }

  visit(program);
  return mutants;
}

export const applyMutant = (source: string, { start, end, replacement }: Mutant): string =>
  source.slice(0, start) + replacement + source.slice(end);
