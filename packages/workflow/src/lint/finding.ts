import type { PlatformDefinition, Problem } from "../schema/index.ts";

/** Everything lint knows, and how bad it is. An error is wrong for certain; a warning may be meant. */
export const lintRules = {
  schema: "error",
  "shadowed-screen": "error",
  "unreachable-host": "error",
  "password-type": "error",
  "typed-secret": "error",
  "output-source": "error",
  "output-form": "error",
  "output-optional": "warning",
  "prove-source": "error",
  "prove-host": "error",
  "prove-open": "warning",
  "unknown-screen": "error",
  "unknown-value": "error",
  "test-value": "error",
  "css-only": "warning",
  "untested-screen": "warning",
} as const;

export type LintRule = keyof typeof lintRules;

export interface Finding extends Problem {
  rule: LintRule;
  severity: (typeof lintRules)[LintRule];
}

export interface LintSubject {
  definition: PlatformDefinition;
  report: (rule: LintRule, path: readonly (string | number)[], message: string) => void;
}
