import { z } from "zod";
import { cssText, patternText } from "../extract/index.ts";

/** The roles that Playwright's getByRole knows and that a tree has a use for. */
export const roles = [
  "alert",
  "alertdialog",
  "banner",
  "button",
  "cell",
  "checkbox",
  "columnheader",
  "combobox",
  "dialog",
  "form",
  "grid",
  "gridcell",
  "group",
  "heading",
  "img",
  "link",
  "list",
  "listbox",
  "listitem",
  "main",
  "menu",
  "menuitem",
  "navigation",
  "option",
  "paragraph",
  "progressbar",
  "radio",
  "radiogroup",
  "region",
  "row",
  "rowheader",
  "search",
  "searchbox",
  "spinbutton",
  "status",
  "switch",
  "tab",
  "table",
  "tablist",
  "tabpanel",
  "textbox",
  "timer",
  "toolbar",
] as const;

const strategies = ["role", "label", "text", "testId", "css"] as const;

/** One way to find a visible element, in any frame of the page. */
export const singleLocatorSchema = z
  .strictObject({
    role: z.enum(roles).optional(),
    /** Accessible name, with role. */
    name: patternText.optional(),
    label: patternText.optional(),
    text: patternText.optional(),
    testId: z.string().min(1).max(200).optional(),
    css: cssText.optional(),
  })
  .superRefine((locator, context) => {
    const given = strategies.filter((strategy) => locator[strategy] !== undefined);
    if (given.length !== 1)
      context.addIssue({
        code: "custom",
        message: `say how to find it: exactly one of ${strategies.join(", ")}, or any: [...]`,
      });
    if (locator.name !== undefined && locator.role === undefined)
      context.addIssue({ code: "custom", path: ["name"], message: "name goes with role; use label or text" });
  });

export const alternativesSchema = z.strictObject({
  any: z.array(singleLocatorSchema).min(1, "any needs at least one alternative").max(10),
});

/** An element, by one way or by alternatives tried in turn. */
export const locatorSchema = z
  .unknown()
  .transform((value, context): z.infer<typeof singleLocatorSchema> | z.infer<typeof alternativesSchema> => {
    // Not z.union: its errors name every branch, and an author wants the one meant.
    const branch = isRecord(value) && "any" in value ? alternativesSchema : singleLocatorSchema;
    const parsed = branch.safeParse(value);
    if (parsed.success) return parsed.data;
    for (const issue of parsed.error.issues) context.addIssue({ ...issue });
    return z.NEVER;
  });

export type SingleLocator = z.infer<typeof singleLocatorSchema>;
export type Locator = z.infer<typeof locatorSchema>;

export function alternativesOf(locator: Locator): readonly SingleLocator[] {
  return "any" in locator ? locator.any : [locator];
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
