import { z } from "zod";

/** What one thread is to do. */
export const shareSchema = z.strictObject({
  kind: z.string(),
  seed: z.int(),
  from: z.int(),
  to: z.int(),
});
export type Share = z.infer<typeof shareSchema>;

/** What a thread tells: every so often, and at its end. */
export const tallySchema = z.strictObject({
  kind: z.string(),
  done: z.int(),
  refused: z.int(),
  /** Computing time, in the steps in which the kernel counts it. */
  slowestMs: z.number(),
  /** The most that memory grew by within one case. */
  grownBytes: z.number(),
  /** What is in use once everything that nobody holds has been collected. */
  keptBytes: z.number(),
  /** The first case that went wrong; the thread stops there. */
  failure: z.strictObject({ index: z.int(), message: z.string() }).nullable(),
  ended: z.boolean(),
});
export type Tally = z.infer<typeof tallySchema>;
