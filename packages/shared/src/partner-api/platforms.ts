import { z } from "zod";

/** One entry of `GET /partner/browser-platforms`. */
export const platformSchema = z.strictObject({
  id: z.int().positive(),
  name: z.string(),
  displayName: z.string(),
  description: z.string().nullable(),
  icon: z.string().nullable(),
  loginUrl: z.string(),
  allowCustomUrl: z.boolean(),
  config: z.record(z.string(), z.unknown()).nullable(),
  isActive: z.boolean(),
  createdAt: z.iso.datetime(),
  updatedAt: z.iso.datetime().nullable(),
});

export const platformListSchema = z.array(platformSchema);

export type Platform = z.infer<typeof platformSchema>;
