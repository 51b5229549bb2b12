import { timeZone } from "./time-zone.ts";

export interface WrapperOptions {
  /** Chromium, or at level L2 all that stands before it: see `jail.ts`. */
  command: readonly string[];
  /** The slot's user, or undefined to stay the worker's own. */
  uid: number | undefined;
  /** HOME and working directory; undefined where the command brings its own. */
  home: string | undefined;
  profile: string;
  /** Gets the pid of the first process, which leads its own process group. */
  pidFile: string;
  /** Files that it writes its pid into: the control group's. */
  groups: readonly string[];
  /** setpriv of util-linux; undefined where it is missing and no other user is needed. */
  setprivPath: string | undefined;
}

/** Open files of a browser. */
const mostFiles = 4_096;
/** Processes and threads of a browser: some three times what a heavy page takes. */
export const mostThreads = 1_024;

/**
 * The program that Playwright starts instead of Chromium. It drops to the slot's user, gives up every
 * way to gain privileges, ties the browser's life to the worker's, and passes no environment on. The
 * CDP pipe (fds 3 and 4) goes through; every step is an exec, so the pid stays the same.
 */
export function wrapperScript({ command, uid, home, profile, pidFile, groups, setprivPath }: WrapperOptions): string {
  const user = uid === undefined ? "" : ` --reuid ${uid} --regid ${uid} --clear-groups`;
  const drop = setprivPath === undefined ? "" : `${quote(setprivPath)}${user} --no-new-privs --pdeathsig KILL `;
  const variables = home === undefined ? [] : [`HOME=${quote(home)}`, `TMPDIR=${quote(`${home}/tmp`)}`];
  const environment = [...variables, "LANG=C.UTF-8", `TZ=${timeZone}`, "PATH=/usr/bin:/bin"].join(" ");
  return [
    "#!/bin/sh",
    `cd ${quote(home ?? "/")} || exit 126`,
    "umask 077",
    "ulimit -c 0",
    `ulimit -n ${mostFiles}`,
    // Counted per user: only a user of its own must not be starved by others.
    ...(uid === undefined ? [] : [`ulimit -u ${mostThreads} 2>/dev/null || ulimit -p ${mostThreads}`]),
    `echo $$ > ${quote(pidFile)}`,
    ...groups.map((file) => `echo $$ > ${quote(file)} || exit 126`),
    // The last --user-data-dir wins: Playwright's own lies where this user cannot write.
    `exec ${drop}/usr/bin/env -i ${environment} ${command.map(quote).join(" ")} "$@" ${quote(`--user-data-dir=${profile}`)}`,
    "",
  ].join("\n");
}

function quote(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}
