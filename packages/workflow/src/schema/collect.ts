import { z } from "zod";
import { cssText, readRuleSchema, regexText } from "../extract/index.ts";
import { addressText, durationText, urlPatternText } from "./action.ts";
import { fieldNameText } from "./screen.ts";

const fieldsSchema = z
  .record(fieldNameText, readRuleSchema)
  .refine((fields) => Object.keys(fields).length > 0, "read at least one field");

/** One part of the data. `read` gives top-level fields, `table` a list under the part's id. */
export const partSchema = z
  .strictObject({
    id: fieldNameText,
    optional: z.boolean().optional(),
    open: addressText.optional(),
    capture: z
      .strictObject({
        request: z
          .strictObject({
            method: z.enum(["GET", "POST", "PUT", "PATCH"]).optional(),
            url: urlPatternText.optional(),
            /** In place of url: a regex that is found in the whole address, query included. */
            match: regexText.optional(),
          })
          .refine(
            ({ url, match }) => (url === undefined) !== (match === undefined),
            "say which request: exactly one of url, match",
          ),
      })
      .optional(),
    read: fieldsSchema.optional(),
    table: z
      .strictObject({
        rows: z.strictObject({ css: cssText }),
        read: fieldsSchema,
        max: z.int().min(1).max(1000).optional(),
      })
      .optional(),
    timeout: durationText.optional(),
    weight: z.number().min(0).max(100).optional(),
  })
  .superRefine((part, context) => {
    if (part.read === undefined && part.table === undefined)
      context.addIssue({ code: "custom", message: "say what is collected: read, table or both" });
    if (part.capture !== undefined && part.read === undefined)
      context.addIssue({
        code: "custom",
        path: ["capture"],
        message: "a captured response needs read with json paths",
      });
    for (const [field, rule] of Object.entries(part.read ?? {})) {
      const problem =
        rule.cell !== undefined
          ? "cell goes with a table; use json or css"
          : rule.json !== undefined && part.capture === undefined
            ? "json needs a captured response: add capture to this part"
            : null;
      if (problem) context.addIssue({ code: "custom", path: ["read", field], message: problem });
    }
    for (const [field, rule] of Object.entries(part.table?.read ?? {})) {
      if (rule.json !== undefined)
        context.addIssue({
          code: "custom",
          path: ["table", "read", field],
          message: "a table row has no json; use cell or css",
        });
    }
  });

export type Part = z.infer<typeof partSchema>;
export type Table = NonNullable<Part["table"]>;
