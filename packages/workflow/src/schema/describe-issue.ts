import type { z } from "zod";

/** A zod issue in words for the author of a tree: what is wrong and what to write instead. */
export function describeIssue(issue: z.core.$ZodIssue): string {
  switch (issue.code) {
    case "unrecognized_keys":
      return `unknown key ${issue.keys.map((key) => `"${key}"`).join(", ")}; remove it or mend its spelling`;
    case "invalid_type":
      return issue.input === undefined
        ? `is missing; add it (${issue.expected})`
        : withRemedy(issue.message, `write a value of type ${issue.expected}`);
    case "invalid_value":
      return issue.message.startsWith("Invalid")
        ? `is not known here; use one of ${issue.values.map(String).join(", ")}`
        : issue.message;
    case "invalid_key":
      return issue.issues[0] ? `bad name: ${describeIssue(issue.issues[0])}` : issue.message;
    case "invalid_union": {
      const first = issue.errors.flat().find(({ code }) => code === "custom");
      return first
        ? describeIssue(first)
        : withRemedy(issue.message, "see the format reference for what can stand here");
    }
    default:
      return issue.message;
  }
}

/** Own messages say the remedy already; zod's own ones start with "Invalid". */
function withRemedy(message: string, remedy: string): string {
  return message.startsWith("Invalid") ? `${message}; ${remedy}` : message;
}
