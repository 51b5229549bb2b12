import { z } from "zod";
import { dateValue, moneyValue } from "./values.ts";

/**
 * `bank-account@1`: what a partner may count on, whichever bank it is. Append-only within a version:
 * a new optional field may come, nothing may change. A platform may give further fields beside these.
 */
export const bankAccount1 = z.looseObject({
  accountHolder: z.string().min(1).max(200),
  accountType: z.enum(["checking", "savings", "credit", "loan", "investment", "other"]),
  lastFourDigits: z.string().regex(/^\d{4}$/),
  bankName: z.string().min(1).max(200).optional(),
  currency: z
    .string()
    .regex(/^[A-Z]{3}$/)
    .optional(),
  balance: moneyValue.optional(),
  statements: z.array(z.looseObject({ date: dateValue, balance: moneyValue.optional() })).optional(),
  transactions: z
    .array(z.looseObject({ date: dateValue, amount: moneyValue, description: z.string().optional() }))
    .optional(),
});
