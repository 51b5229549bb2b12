// `npm run check`: types, lint with the import rules, format, dead code. Runs all, then says which failed.
import { runAll, type Program } from "./run-all.ts";

export const checks: Program[] = [
  { name: "types", program: "tsc", args: ["-p", "tsconfig.json"] },
  { name: "types of what runs in pages", program: "tsc", args: ["-p", "tsconfig.browser.json"] },
  { name: "types of the frame", program: "tsc", args: ["-p", "apps/frame/tsconfig.json"] },
  { name: "types of the verifier", program: "tsc", args: ["-p", "apps/verifier/tsconfig.json"] },
  { name: "lint", program: "oxlint", args: ["--type-aware", "--deny-warnings"] },
  { name: "format", program: "oxfmt", args: ["--check"] },
  { name: "dead code", program: "knip", args: [] },
];

if (import.meta.main) process.exitCode = (await runAll(checks)).failed.length === 0 ? 0 : 1;
