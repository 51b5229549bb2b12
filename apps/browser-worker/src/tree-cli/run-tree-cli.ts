import { parseArgs } from "node:util";
import { findPlatformFiles, type PlatformFile } from "./find-platform-files.ts";
import { lintFiles } from "./lint-files.ts";
import { testPlatform } from "./test-platform.ts";
import { UsageError } from "./usage-error.ts";

const usage = `npm run tree -- lint FILE_OR_FOLDER...
npm run tree -- test FOLDER [--at HOST:PORT] [--only TEXT]

lint  checks platform files: one line for each finding, with line and column
test  runs the tests of platform files in a real Chromium with a scripted user

  --at HOST:PORT  where the platform's test site listens on this machine, with https
                  (Demo Bank is started by itself); nothing else can be reached
  --only TEXT     only tests with this in their name

Exit code: 0 all is well (warnings allowed), 1 an error or a failed test, 2 could not be run.
`;

export interface TreeCliOptions {
  args: string[];
  chromiumPath: string | undefined;
  now: () => Date;
  signal: AbortSignal;
  out: (text: string) => void;
  err: (text: string) => void;
}

/** The command for authors of platform files. Resolves to the exit code. */
export async function runTreeCli({ args, out, err, ...options }: TreeCliOptions): Promise<0 | 1 | 2> {
  try {
    const { values, positionals } = parseCommand(args);
    const [command, ...paths] = positionals;
    if (values.help === true) return (out(usage), 0);
    if (paths.length === 0 || (command !== "lint" && command !== "test")) throw new UsageError(`Write:\n${usage}`);
    if (values.at !== undefined && !/^(?:127(?:\.\d{1,3}){3}|localhost|\[::1\]):\d{1,5}$/.test(values.at))
      throw new UsageError("--at: write an address of this machine, for example 127.0.0.1:8443");
    const files: PlatformFile[] = [];
    for (const path of paths) files.push(...(await findPlatformFiles(path)));
    if (command === "lint") return lintFiles(files, out) ? 0 : 1;
    let isWell = true;
    for (const file of files) {
      const passed = await testPlatform(file, { ...options, at: values.at, only: values.only, write: out });
      isWell &&= passed;
    }
    return isWell ? 0 : 1;
  } catch (error) {
    if (!(error instanceof Error) || options.signal.aborted) throw error;
    err(`${error.message}\n`);
    return 2;
  }
}

function parseCommand(args: string[]) {
  try {
    return parseArgs({
      args,
      allowPositionals: true,
      options: { at: { type: "string" }, only: { type: "string" }, help: { type: "boolean", short: "h" } },
    });
  } catch (error) {
    throw new UsageError(`${error instanceof Error ? error.message : String(error)}\n\n${usage}`);
  }
}
