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
  slowestMs: z.number(),
  /** Of memory outside of the heap, which has a limit of its own. */
  bufferBytes: z.number(),
  /** The first case that went wrong; the thread stops there. */
  failure: z.strictObject({ index: z.int(), message: z.string() }).nullable(),
  ended: z.boolean(),
});
export type Tally = z.infer<typeof tallySchema>;
