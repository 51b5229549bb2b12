import { parseDefinition } from "../schema/parse-platform.ts";
import { readYaml } from "../schema/read-yaml.ts";
import { checkLocators } from "./check-locators.ts";
import { checkOutput } from "./check-output.ts";
import { checkProve } from "./check-prove.ts";
import { checkScreens } from "./check-screens.ts";
import { checkTests } from "./check-tests.ts";
import { lintRules, type Finding, type LintSubject } from "./finding.ts";

const checks = [checkScreens, checkLocators, checkOutput, checkProve, checkTests] as const;

/**
 * What is wrong or doubtful in a platform file, in the order of its lines. A file that is not valid
 * gives its problems alone: the rest would be guessing. Pure, and never throws on bad input.
 */
export function lintPlatform(yamlText: string, fileName: string): Finding[] {
  const read = readYaml(yamlText, fileName);
  const parsed = parseDefinition(read);
  if (!read.ok || !parsed.ok)
    return (parsed.ok ? [] : parsed.problems).map((problem) => ({ ...problem, rule: "schema", severity: "error" }));
  const findings: Finding[] = [];
  const report: LintSubject["report"] = (rule, path, message) =>
    findings.push({ ...read.problemAt(path, message), rule, severity: lintRules[rule] });
  for (const check of checks) check({ definition: parsed.definition, report });
  return findings.sort((a, b) => a.line - b.line || a.column - b.column);
}
