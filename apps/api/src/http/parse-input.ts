import { AppError } from "@attestream/shared";
import type { z } from "zod";

/** The input as its schema gives it, else a 400 that names the first offending field and what was expected. */
export function parseInput<T extends z.ZodType>(schema: T, input: unknown): z.output<T> {
  const result = schema.safeParse(input);
  if (result.success) return result.data;
  const problems = result.error.issues.map(closest).map(({ path, message }) => ({ param: path.join("."), message }));
  const first = problems[0];
  throw new AppError("invalid_request", {
    message: first ? `${first.param ? `${first.param}: ` : ""}${first.message}` : "The request is not valid.",
    ...(first?.param ? { param: first.param } : {}),
    ...(problems.length > 1 ? { details: problems } : {}),
  });
}

interface Issue {
  path: readonly PropertyKey[];
  message: string;
}

/** Of what may have several forms: what is wrong with the form that it comes closest to, which is where the mistake lies deepest. */
function closest(issue: z.core.$ZodIssue): Issue {
  if (issue.code !== "invalid_union") return issue;
  const inside = issue.errors.flatMap((form) => form.slice(0, 1).map(closest));
  const deepest = inside.toSorted((a, b) => b.path.length - a.path.length)[0];
  if (deepest === undefined || deepest.path.length === 0) return inside[0] ? { ...inside[0], path: issue.path } : issue;
  return { path: [...issue.path, ...deepest.path], message: deepest.message };
}
