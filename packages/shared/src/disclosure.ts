import { z } from "zod";

/** What a predicate may ask. `present` takes no value, `in` a list, the others one value. */
export const predicateOperators = [">=", "<=", ">", "<", "==", "!=", "in", "present"] as const;

const nameSchema = z
  .string()
  .regex(/^[a-zA-Z][a-zA-Z0-9_]{0,63}$/, "write a name in letters, digits and _, for example accountHolder");

/** Into nested data by dots; a number is a place in a list, counted from 0. */
const fieldPathSchema = z
  .string()
  .max(200)
  .regex(
    /^[a-zA-Z][a-zA-Z0-9_]{0,63}(?:\.(?:[a-zA-Z][a-zA-Z0-9_]{0,63}|\d{1,4})){0,5}$/,
    "write a field, or a path with dots into it, for example balance.amount",
  );

const scalarSchema = z.union([z.string().max(200), z.number(), z.boolean()], {
  error: "write a text, a number, true or false",
});

export const predicateSchema = z
  .strictObject({
    name: nameSchema.describe("What the answer is called in extractedData and in the attestation."),
    field: fieldPathSchema.describe("A field of the platform, or a path into it: balance.amount, statements.0.date."),
    is: z.enum(predicateOperators, { error: `write one of ${predicateOperators.join(", ")}` }),
    value: z
      .union([scalarSchema, z.array(scalarSchema).min(1).max(100)], {
        error: "write a text, a number, true or false; with in, a list of them",
      })
      .optional()
      .describe(
        "What it is compared with. A number compares amounts exactly; a text compares texts and, with an order, dates and amounts.",
      ),
  })
  .superRefine(({ is, value }, context) => {
    const problem = problemOfValue(is, value);
    if (problem !== null) context.addIssue({ code: "custom", path: ["value"], message: problem });
  });

export type Predicate = z.infer<typeof predicateSchema>;

function problemOfValue(is: Predicate["is"], value: unknown): string | null {
  switch (is) {
    case "present":
      return value === undefined ? null : "present asks whether there is a value; leave value out";
    case "in":
      return Array.isArray(value) ? null : "in needs a list of values";
    case "==":
    case "!=":
      return value === undefined || Array.isArray(value) ? `${is} needs one value` : null;
    case ">=":
    case "<=":
    case ">":
    case "<":
      return typeof value === "number" || typeof value === "string"
        ? null
        : `${is} needs a number, or a date or an amount as text`;
    default:
      return is satisfies never;
  }
}

/** What of the data leaves the worker: all of it, some fields, or only answers to questions about it. */
export const disclosureSchema = z.union([
  z.literal("full", { error: 'write "full", {"fields": […]} or {"predicates": […]}' }),
  z.strictObject({
    fields: z
      .array(nameSchema)
      .min(1, "name at least one field")
      .max(100)
      .refine((names) => new Set(names).size === names.length, "names a field twice"),
  }),
  z.strictObject({
    predicates: z
      .array(predicateSchema)
      .min(1, "ask at least one question")
      .max(50)
      .superRefine((predicates, context) => {
        for (const [index, { name }] of predicates.entries()) {
          if (predicates.findIndex((other) => other.name === name) !== index)
            context.addIssue({
              code: "custom",
              path: [index, "name"],
              message: `"${name}" is used twice; give each question its own name`,
            });
        }
      }),
  }),
]);

export type Disclosure = z.infer<typeof disclosureSchema>;
