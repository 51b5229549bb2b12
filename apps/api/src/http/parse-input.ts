import { AppError } from "@attestream/shared";
import type { z } from "zod";

/** The input as its schema gives it, else a 400 that names the first offending field and what was expected. */
export function parseInput<T extends z.ZodType>(schema: T, input: unknown): z.output<T> {
  const result = schema.safeParse(input);
  if (result.success) return result.data;
  const problems = result.error.issues.map((issue) => ({ param: issue.path.join("."), message: issue.message }));
  const first = problems[0];
  throw new AppError("invalid_request", {
    message: first ? `${first.param ? `${first.param}: ` : ""}${first.message}` : "The request is not valid.",
    ...(first?.param ? { param: first.param } : {}),
    ...(problems.length > 1 ? { details: problems } : {}),
  });
}
