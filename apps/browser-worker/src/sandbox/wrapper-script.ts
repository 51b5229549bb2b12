export interface WrapperOptions {
  chromiumPath: string;
  /** The slot's user, or undefined to stay the worker's own. */
  uid: number | undefined;
  /** HOME, working directory and profile of the browser. */
  home: string;
  /** Gets the pid of the browser, which leads its own process group. */
  pidFile: string;
  /** setpriv of util-linux; undefined where it is missing and no other user is needed. */
  setprivPath: string | undefined;
}

/**
 * The program that Playwright starts instead of Chromium. It drops to the slot's user, gives up every
 * way to gain privileges, ties the browser's life to the worker's, and passes no environment on. The
 * CDP pipe (fds 3 and 4) goes through; every step is an exec, so the pid stays the same.
 */
export function wrapperScript(options: WrapperOptions): string {
  const { chromiumPath, uid, home, pidFile, setprivPath } = options;
  const user = uid === undefined ? "" : ` --reuid ${uid} --regid ${uid} --clear-groups`;
  const drop = setprivPath === undefined ? "" : `${quote(setprivPath)}${user} --no-new-privs --pdeathsig KILL `;
  const environment = `HOME=${quote(home)} TMPDIR=${quote(`${home}/tmp`)} LANG=C.UTF-8 PATH=/usr/bin:/bin`;
  return [
    "#!/bin/sh",
    `cd ${quote(home)} || exit 126`,
    "umask 077",
    "ulimit -c 0",
    "ulimit -n 4096",
    `echo $$ > ${quote(pidFile)}`,
    // The last --user-data-dir wins: Playwright's own lies where this user cannot write.
    `exec ${drop}/usr/bin/env -i ${environment} ${quote(chromiumPath)} "$@" ${quote(`--user-data-dir=${home}/profile`)}`,
    "",
  ].join("\n");
}

function quote(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}
