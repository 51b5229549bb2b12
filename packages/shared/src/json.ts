import { z } from "zod";

export type Json = string | number | boolean | null | Json[] | { [key: string]: Json };

export const jsonSchema: z.ZodType<Json> = z.json();

/** Account data as read by a workflow: field name -> value. */
export const extractedDataSchema = z.record(z.string(), jsonSchema);
export type ExtractedData = z.infer<typeof extractedDataSchema>;
