import { z } from "zod";

const count = z.int().min(0);

/** What a session's browser did on the net, as far as an operator may know: hosts that were refused, no path, no query, and no host that was not. */
export const egressReportSchema = z.strictObject({
  connections: count,
  bytesUp: count,
  bytesDown: count,
  /** All refusals, also those that are not listed. */
  refused: count,
  /** Those that came most often. */
  refusals: z
    .array(z.strictObject({ host: z.string().max(253), reason: z.string().max(40), count: z.int().min(1) }))
    .max(50),
});

export type EgressReport = z.infer<typeof egressReportSchema>;
