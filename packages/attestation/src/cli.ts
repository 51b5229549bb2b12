#!/usr/bin/env -S node --conditions=@attestream/source
import { runCli } from "./cli/run-cli.ts";

const outcome = await runCli(process.argv.slice(2), new Date());
process.stdout.write(outcome.stdout);
process.stderr.write(outcome.stderr);
process.exitCode = outcome.exitCode;
