// `npm run format`: rewrites what the formatter and the linter can mend by themselves.
import { runAll } from "./run-all.ts";

const { failed } = await runAll([
  { name: "format", program: "oxfmt", args: [] },
  { name: "lint", program: "oxlint", args: ["--fix"] },
]);
process.exitCode = failed.length === 0 ? 0 : 1;
