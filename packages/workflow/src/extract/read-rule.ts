import { z } from "zod";
import { dateFormats } from "./date.ts";
import { jsonPathProblem } from "./json-path.ts";
import { parseTextPattern } from "./text-pattern.ts";

/** Attributes a tree may read. `value` is what a field holds now; a secret field has none for the tree. */
const readableAttribute = /^(href|title|alt|datetime|content|aria-label|value|data-[a-z0-9-]{1,64})$/;

const jsonPathText = z.string().superRefine((path, context) => {
  const problem = jsonPathProblem(path);
  if (problem) context.addIssue({ code: "custom", message: problem });
});

/** Plain text, or a regex between slashes. */
export const patternText = z
  .string()
  .min(1, "write the text to look for")
  .max(600)
  .superRefine((text, context) => {
    try {
      parseTextPattern(text);
    } catch (error) {
      context.addIssue({ code: "custom", message: error instanceof Error ? error.message : String(error) });
    }
  });

export const regexText = z.string().superRefine((text, context) => {
  try {
    if (parseTextPattern(text).kind === "plain")
      context.addIssue({ code: "custom", message: "write a regex between slashes, for example /(\\d+)$/" });
  } catch (error) {
    context.addIssue({ code: "custom", message: error instanceof Error ? error.message : String(error) });
  }
});

/** A CSS selector that cannot leave CSS (Playwright's `>>`) and cannot ask for the value of a field. */
export const cssText = z
  .string()
  .min(1, "write a CSS selector")
  .max(500, "a CSS selector may have 500 characters; shorten it")
  .refine((css) => !css.includes(">>"), "`>>` is not CSS; write one selector")
  .refine(
    (css) => !/\[\s*value\b/i.test(css),
    "a tree may not ask for the value of a field; choose by another attribute",
  );

const sources = ["json", "css", "cell"] as const;

/** One value: where it stands, and what is made of it. Steps are applied in the order regex, take, map, as. */
export const readRuleSchema = z
  .strictObject({
    /** RFC 9535 JSONPath into the captured response. */
    json: jsonPathText.optional(),
    /** Text of the first visible element; within a table row, of the first element in the row. */
    css: cssText.optional(),
    /** Column of a table row: counted from 1, or by the text of its header. */
    cell: z
      .union([z.int().min(1).max(100), patternText.max(200)], {
        error: "write the column's number, or the text of its header",
      })
      .optional(),
    /** With css: an attribute in place of the text. */
    attr: z
      .string()
      .regex(readableAttribute, "only value, href, title, alt, datetime, content, aria-label and data-* can be read")
      .optional(),
    regex: regexText.optional(),
    take: z
      .string()
      .regex(/^(?:(?:first|last)[1-9]\d?|digits)$/, "write for example last4, first6 or digits")
      .optional(),
    map: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])).optional(),
    as: z.enum(["text", "date", "money", "integer", "number", "boolean"]).optional(),
    /** With `as: date`; otherwise text of a page is read as people of the platform's locale do. */
    format: z.enum(dateFormats).optional(),
    /** With `as: money`. */
    currency: z
      .string()
      .regex(/^[A-Z]{3}$/, "write an ISO 4217 code, for example EUR")
      .optional(),
    /** With `as: money`, integer and number; otherwise as with dates. */
    decimal: z.enum([".", ","]).optional(),
    /** Left out of the result when it is missing; otherwise the part fails. */
    optional: z.boolean().optional(),
    /** How the consent page calls it; otherwise made from the field's name. */
    label: z.string().min(1).max(100).optional(),
  })
  .superRefine((rule, context) => {
    const given = sources.filter((source) => rule[source] !== undefined);
    if (given.length !== 1)
      context.addIssue({ code: "custom", message: `say where the value stands: exactly one of ${sources.join(", ")}` });
    if (rule.attr !== undefined && rule.css === undefined)
      context.addIssue({ code: "custom", path: ["attr"], message: "attr goes with css" });
    if (rule.format !== undefined && rule.as !== "date")
      context.addIssue({ code: "custom", path: ["format"], message: "format goes with as: date" });
    if (rule.currency !== undefined && rule.as !== "money")
      context.addIssue({ code: "custom", path: ["currency"], message: "currency goes with as: money" });
    if (rule.decimal !== undefined && rule.as !== "money" && rule.as !== "integer" && rule.as !== "number")
      context.addIssue({
        code: "custom",
        path: ["decimal"],
        message: "decimal goes with as: money, integer or number",
      });
  });

export type ReadRule = z.infer<typeof readRuleSchema>;
