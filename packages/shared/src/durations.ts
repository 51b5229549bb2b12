import { z } from "zod";

const units = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;

/** `"90s"`, `"10m"`, `"250ms"`, or a bare number of seconds, to milliseconds. Throws a RangeError that shows the accepted forms. */
export function parseDuration(text: string): number {
  const match = /^(\d+(?:\.\d+)?)(ms|s|m|h|d)?$/.exec(text.trim());
  if (!match) throw new RangeError(`"${text}" is not a duration; write for example 250ms, 90s, 10m, 2h or 7d`);
  return Number(match[1]) * units[(match[2] ?? "s") as keyof typeof units];
}

/** A duration in text, as milliseconds. */
export const durationSchema = z.string().transform((text, context) => {
  try {
    return parseDuration(text);
  } catch (error) {
    context.addIssue({ code: "custom", message: error instanceof RangeError ? error.message : String(error) });
    return z.NEVER;
  }
});
