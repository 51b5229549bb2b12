import { z } from "zod";

/** What `as: date` gives. */
export const dateValue = z.iso.date();

/** What `as: money` gives: an exact decimal in a string. */
export const moneyValue = z.object({
  amount: z.string().regex(/^-?\d+(?:\.\d+)?$/),
  currency: z
    .string()
    .regex(/^[A-Z]{3}$/)
    .optional(),
});
