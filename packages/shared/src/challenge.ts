import { z } from "zod";

export const challengeKinds = ["login", "otp", "question", "choice", "approval", "captcha", "unknown"] as const;

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
  fields: z
    .array(
      z.object({
        id: z.string().max(64),
        label: z.string().max(200),
        type: z.enum(["text", "password", "code", "email", "tel", "number"]),
        length: z.number().int().positive().max(64).optional(),
      }),
    )
    .max(20),
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
