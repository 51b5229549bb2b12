import { z } from "zod";

/** One entry of `GET /partner/browser-platforms`. */
export const platformSchema = z.strictObject({
  id: z.int().positive().describe("Use it as platformId when creating sessions."),
  name: z.string().describe("Unique slug."),
  displayName: z.string().describe("For people."),
  description: z.string().nullable().describe("What is verified there."),
  icon: z.string().nullable().describe("URL of its logo."),
  loginUrl: z.string().describe("Where the login begins."),
  allowCustomUrl: z.boolean().describe("Whether a session may bring a login URL of its own."),
  config: z.record(z.string(), z.unknown()).nullable().describe("Settings of this platform."),
  isActive: z.boolean().describe("Whether sessions can be created for it now."),
  createdAt: z.iso.datetime(),
  updatedAt: z.iso.datetime().nullable(),
});

export const platformListSchema = z.array(platformSchema);

export type Platform = z.infer<typeof platformSchema>;
