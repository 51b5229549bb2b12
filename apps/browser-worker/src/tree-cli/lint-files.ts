import { lintPlatform } from "@attestream/workflow/lint";
import type { PlatformFile } from "./find-platform-files.ts";

/** Lints every file and prints what was found, one line each, as compilers do. False when there is an error. */
export function lintFiles(files: readonly PlatformFile[], write: (text: string) => void): boolean {
  const findings = files.flatMap(({ path, text }) => lintPlatform(text, path));
  for (const { fileName, line, column, severity, rule, path, message } of findings)
    write(`${fileName}:${line}:${column}: ${severity} ${rule}: ${path === "" ? "" : `${path}: `}${message}\n`);
  const errors = findings.filter(({ severity }) => severity === "error").length;
  write(`${count(files.length, "file")}, ${count(errors, "error")}, ${count(findings.length - errors, "warning")}\n`);
  return errors === 0;
}

function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? "" : "s"}`;
}
