import { z } from "zod";

export const challengeKinds = ["login", "otp", "question", "choice", "approval", "captcha", "unknown"] as const;

/**
 * What a browser may fill in by itself, of the tokens that HTML knows. None for new passwords: a phone would make
 * one up and keep it for the wrong site. None for cards: no log-in asks for one.
 */
export const autofillTokens = [
  "off",
  "username",
  "current-password",
  "one-time-code",
  "email",
  "tel",
  "name",
  "given-name",
  "family-name",
  "postal-code",
  "bday",
] as const;

export type AutofillToken = (typeof autofillTokens)[number];

/**
 * What the end user is asked to do now. Goes from the worker to the frame. `text` fields are the
 * workflow author's or the site's own words, never anything the user typed.
 */
export const challengeSchema = z.object({
  id: z.string().max(64),
  kind: z.enum(challengeKinds),
  /** For otp: sms, email, app, push, ... as the tree says. */
  method: z.string().max(32).optional(),
  instructions: z.string().max(500),
  expiresAt: z.iso.datetime(),
  /** The page's fields that the frame may show as fields of its own. */
  fields: z
    .array(
      z.object({
        id: z.string().max(64),
        label: z.string().max(200),
        type: z.enum(["text", "password", "code", "email", "tel", "number"]),
        length: z.number().int().positive().max(64).optional(),
        autocomplete: z.enum(autofillTokens).optional(),
      }),
    )
    .max(20),
  /** What is written on the page's own button, if the tree names it. */
  submitLabel: z.string().max(100).optional(),
  /** What became of the values that the user gave in the frame for these fields; nothing until then. */
  filled: z
    .object({
      /** `stuck`: not all was done; the rest is to be done in the page itself. */
      state: z.enum(["filling", "sent", "stuck"]),
      /** Ids of the fields that the page does not have, or that take nothing. `stuck` without any: the button. */
      missing: z.array(z.string().max(64)).max(20),
    })
    .optional(),
  choices: z
    .array(z.object({ id: z.string().max(64), label: z.string().max(200) }))
    .max(50)
    .optional(),
  /** The site's own error text beside the form, e.g. after a wrong password. */
  websiteError: z.string().max(500).optional(),
  /** True when the user can press "continue" in the frame (an unknown screen, an approval). */
  canContinue: z.boolean(),
});

export type Challenge = z.infer<typeof challengeSchema>;
export type ChallengeKind = (typeof challengeKinds)[number];

/** The part of a challenge that may be stored and told to the partner: no words of the site in it. */
export const challengeSummarySchema = challengeSchema.pick({ id: true, kind: true, method: true, expiresAt: true });
export type ChallengeSummary = z.infer<typeof challengeSummarySchema>;
