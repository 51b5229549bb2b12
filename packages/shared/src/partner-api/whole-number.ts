import { z } from "zod";

/** A whole number in a query, written in digits. What a mere conversion would take too ("", "0x10", "1e2") is refused. */
export function wholeNumber(min: number, max: number) {
  return z
    .string("must be given once")
    .regex(/^-?\d{1,15}$/, "must be a whole number")
    .transform(Number)
    .pipe(z.int().min(min).max(max));
}
