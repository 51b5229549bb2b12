import type { z } from "zod";
import { bankAccount1 } from "./bank-account.ts";

/** The normalised forms of account data that a platform can promise by `output`. */
const outputSchemas = { "bank-account@1": bankAccount1 } as const satisfies Record<string, z.ZodObject>;

export type OutputName = keyof typeof outputSchemas;

export const outputNames = Object.keys(outputSchemas) as [OutputName, ...OutputName[]];

export function outputSchemaOf(name: OutputName): z.ZodObject {
  return outputSchemas[name];
}
