import { z } from "zod";
import { durationSchema } from "@attestream/shared";
import { locatorSchema } from "./locator.ts";
import { urlPatternProblem } from "./url-pattern.ts";

/** A duration that stays text, so that a parsed tree can be parsed again and has one hash. */
export const durationText = z
  .string({ error: "write a duration in text, for example 90s or 10m" })
  .superRefine((text, context) => {
    const parsed = durationSchema.safeParse(text);
    if (!parsed.success)
      context.addIssue({ code: "custom", message: parsed.error.issues[0]?.message ?? "not a duration" });
    else if (parsed.data < 1 || parsed.data > 86_400_000)
      context.addIssue({ code: "custom", message: "a duration is between 1ms and 24h" });
  });

export const urlPatternText = z.string().superRefine((pattern, context) => {
  const problem = urlPatternProblem(pattern);
  if (problem) context.addIssue({ code: "custom", message: problem });
});

/** An address to open: a path on the current origin, or a whole https address. */
export const addressText = z
  .string()
  .regex(/^(?:https:\/\/[^\s/]+)?\/\S*$/, "write a path from its first slash, or a whole https address");

const actionNames = ["open", "click", "type", "select", "press", "scroll", "wait", "back"] as const;

/** One thing the runner does to the page. What is typed are constants of the tree, never the user's data. */
export const actionSchema = z
  .strictObject({
    open: addressText.optional(),
    click: locatorSchema.optional(),
    type: z.strictObject({ at: locatorSchema, text: z.string().max(500) }).optional(),
    select: z.strictObject({ at: locatorSchema, option: z.string().max(200) }).optional(),
    press: z
      .string()
      .regex(
        /^(?:(?:Control|Shift|Alt)\+)*[A-Za-z0-9]{1,20}$/,
        "write a key as Playwright names it, for example Enter or Shift+Tab",
      )
      .optional(),
    scroll: z
      .union([z.literal("bottom"), z.literal("top"), z.strictObject({ to: locatorSchema })], {
        error: "write top, bottom or {to: ...}",
      })
      .optional(),
    wait: z.strictObject({ see: locatorSchema.optional(), time: durationText.optional() }).optional(),
    back: z.literal(true).optional(),
  })
  .superRefine((action, context) => {
    const given = actionNames.filter((name) => action[name] !== undefined);
    if (given.length !== 1)
      context.addIssue({ code: "custom", message: `one action each: exactly one of ${actionNames.join(", ")}` });
    if (action.wait !== undefined && (action.wait.see === undefined) === (action.wait.time === undefined)) {
      context.addIssue({ code: "custom", path: ["wait"], message: "wait for exactly one of see, time" });
    }
  });

export type Action = z.infer<typeof actionSchema>;
