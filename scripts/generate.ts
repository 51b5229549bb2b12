// `npm run generate`: renews what is written from the code. Tests fail when it is stale.
import { runAll } from "./run-all.ts";

const { failed } = await runAll([
  {
    name: "state machine",
    program: process.execPath,
    args: ["--conditions=@attestream/source", "packages/state-machine/scripts/make-readme.ts"],
  },
  {
    name: "configuration",
    program: process.execPath,
    args: ["--conditions=@attestream/source", "scripts/make-configuration.ts"],
  },
  {
    name: "platform schema",
    program: process.execPath,
    args: ["--conditions=@attestream/source", "scripts/make-platform-schema.ts"],
  },
  {
    name: "errors",
    program: process.execPath,
    args: ["--conditions=@attestream/source", "scripts/make-errors.ts"],
  },
  {
    name: "conformance",
    program: process.execPath,
    args: ["--conditions=@attestream/source", "scripts/make-conformance.ts"],
  },
]);
process.exitCode = failed.length === 0 ? 0 : 1;
