import { z } from "zod";
import { autofillTokens, challengeKinds, errorCodeNames } from "@attestream/shared";
import { cssText } from "../extract/index.ts";
import { actionSchema, durationText, urlPatternText } from "./action.ts";
import { locatorSchema } from "./locator.ts";

export const idText = z
  .string()
  .regex(/^[a-z][a-z0-9-]{0,62}$/, "write an id in lower case letters, digits and hyphens, for example bad-password");

export const fieldNameText = z
  .string()
  .regex(/^[a-zA-Z][a-zA-Z0-9_]{0,63}$/, "write a field name in letters and digits, for example accountHolder");

const errorCode = z.enum(errorCodeNames, {
  error: "is not an error code; use one of the session error codes, for example ACCOUNT_LOCKED",
});

const whenSchema = z
  .strictObject({
    url: z.union([urlPatternText, z.strictObject({ any: z.array(urlPatternText).min(1).max(20) })]).optional(),
    see: locatorSchema.optional(),
  })
  .refine((when) => when.url !== undefined || when.see !== undefined, "say how the screen is known: url, see or both");

const fieldSchema = z.strictObject({
  id: fieldNameText,
  label: z.string().min(1).max(200).optional(),
  type: z.enum(["text", "password", "code", "email", "tel", "number"]).optional(),
  length: z.int().min(1).max(64).optional(),
  /** What the user's browser may fill in, where the type does not tell. */
  autocomplete: z
    .enum(autofillTokens, { error: `is not known here; use one of ${autofillTokens.join(", ")}` })
    .optional(),
  at: locatorSchema,
});

const userSchema = z
  .strictObject({
    kind: z.enum(challengeKinds),
    method: z.string().min(1).max(32).optional(),
    instructions: z.string().min(1).max(500).optional(),
    /** The question as the page words it: shown in place of the instructions. */
    ask: locatorSchema.optional(),
    fields: z.array(fieldSchema).max(20).optional(),
    choices: z
      .array(z.strictObject({ id: idText, label: z.string().min(1).max(200), at: locatorSchema }))
      .min(1)
      .max(50)
      .optional(),
    /** In place of choices: the page lists them itself, one element each. What is taken is clicked. */
    choicesFrom: z
      .strictObject({
        rows: z.strictObject({ css: cssText }),
        /** Within each; otherwise its whole text. */
        label: z.strictObject({ css: cssText }).optional(),
        max: z.int().min(1).max(50).optional(),
      })
      .optional(),
    submit: locatorSchema.optional(),
    timeout: durationText.optional(),
  })
  .superRefine((user, context) => {
    if (user.choices !== undefined && user.choicesFrom !== undefined)
      context.addIssue({
        code: "custom",
        path: ["choicesFrom"],
        message: "choices are here already; keep one of the two",
      });
  });

const outcomes = ["user", "do", "then", "note", "fail", "finish"] as const;

/** One screen: how the runner knows that it is there, and the one thing that happens then. */
export const screenSchema = z
  .strictObject({
    id: idText,
    when: whenSchema,
    /** The end user acts, in the page itself. */
    user: userSchema.optional(),
    /** The runner acts. */
    do: z.array(actionSchema).min(1, "do needs at least one action").max(20).optional(),
    /** The login is over. */
    then: z.literal("collect", { error: "then knows only collect" }).optional(),
    /** Beside another screen: what the site complains about. */
    note: errorCode.optional(),
    fail: errorCode.optional(),
    /** The tree ends well with what has been collected. */
    finish: z.literal(true).optional(),
    /** How often it may come up. */
    max: z.int().min(1).max(100).optional(),
    /** Share of the progress. */
    weight: z.number().min(0).max(100).optional(),
  })
  .superRefine((screen, context) => {
    const given = outcomes.filter((outcome) => screen[outcome] !== undefined);
    if (given.length !== 1)
      context.addIssue({
        code: "custom",
        message: `say what happens on this screen: exactly one of ${outcomes.join(", ")}`,
      });
  });

export type Screen = z.infer<typeof screenSchema>;
export type UserScreen = NonNullable<Screen["user"]>;
