// `npm test`: the static checks, then every test. `npm test -- <vitest arguments>` runs the tests they choose.
// The last line counts both, for CI.
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { checks } from "./check.ts";
import { runAll, runProgram } from "./run-all.ts";

const chosen = process.argv.slice(2);
const failedChecks = chosen.length === 0 ? (await runAll(checks)).failed : [];
const passedChecks = chosen.length === 0 ? checks.length - failedChecks.length : 0;

const folder = mkdtempSync(join(tmpdir(), "attestream-test-"));
const report = join(folder, "report.json");
const code = await runProgram({
  name: "tests",
  program: "vitest",
  args: ["run", "--reporter=default", "--reporter=json", `--outputFile.json=${report}`, ...chosen],
});
const counted = readReport();
rmSync(folder, { recursive: true });

if (failedChecks.length > 0) process.stdout.write(`Failed checks: ${failedChecks.join(", ")}\n`);
const failed = counted.failed + failedChecks.length;
process.stdout.write(`${counted.passed + passedChecks} passed, ${failed} failed\n`);
process.exitCode = code === 0 && failed === 0 && counted.passed > 0 ? 0 : 1;

function readReport(): { passed: number; failed: number } {
  try {
    const { numPassedTests, numFailedTests, numFailedTestSuites } = JSON.parse(readFileSync(report, "utf8")) as Record<
      string,
      number
    >;
    return { passed: numPassedTests ?? 0, failed: numFailedTests || numFailedTestSuites || (code === 0 ? 0 : 1) };
  } catch {
    return { passed: 0, failed: 1 };
  }
}
