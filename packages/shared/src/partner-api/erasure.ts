import { z } from "zod";
import { sessionIdSchema } from "../ids.ts";

/** `DELETE /partner/browser-session/:id/data`. The same answer every time. */
export const erasureSchema = z.strictObject({
  sessionId: sessionIdSchema,
  erasedAt: z.iso.datetime(),
  /** Compact JWS (ES256, `typ` erasure-receipt+jwt) by a key of the published key set. */
  receipt: z.string().regex(/^[\w-]+\.[\w-]+\.[\w-]+$/),
});

export type Erasure = z.infer<typeof erasureSchema>;
