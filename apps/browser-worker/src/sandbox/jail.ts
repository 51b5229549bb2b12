import { dirname } from "node:path";
import type { Bubblewrap } from "./find-bubblewrap.ts";
import { timeZone } from "./time-zone.ts";

/** What the browser sees; the same in every slot. */
const home = "/home/browser";
const egressSocket = "/run/egress";
const trustFolder = "/run/trust";
/** The FIFO for the browser's TLS secrets. */
export const jailKeyLog = "/run/keys";
/** Of the forwarder, in a network that nobody else is in. */
export const jailProxyPort = 3128;

const programFolders = ["/bin", "/sbin", "/lib", "/lib32", "/lib64", "/etc/ld.so.cache", "/etc/alternatives"];
const fontFiles = ["/etc/fonts", "/var/cache/fontconfig"];

export interface JailOptions {
  programs: Bubblewrap;
  /** What runs inside. Its folder is shown to it if it lies outside of /usr. */
  program: string;
  /** The egress proxy's socket. */
  socketPath: string;
  /** A FIFO for the browser's TLS secrets; null: it writes none. */
  keyLog?: string | null;
  /** An NSS store, folder `.pki`; copied, because Chromium writes to its own. Null: only the authorities that Chromium brings along. */
  trustStore: string | null;
  /** Of the profile and of everything else that the browser writes, each; they live in memory. */
  diskMiB: number;
}

/**
 * The command line in front of the browser's own arguments at level L2: a root of its own that cannot be
 * written to, with programs and fonts and nothing of this machine's users; namespaces of its own for users,
 * processes, network, IPC and host name; no capability. Of networks it has its own loopback, and on it a forwarder
 * to the egress proxy's socket: the only way out. It dies with the worker.
 */
export function jailCommand({
  programs,
  program,
  socketPath,
  keyLog = null,
  trustStore,
  diskMiB,
}: JailOptions): string[] {
  const bytes = String(diskMiB * 2 ** 20);
  const folder = dirname(program);
  const rules: string[][] = [
    ["--die-with-parent", "--new-session", "--unshare-all"],
    ["--hostname", "browser"],
    ["--clearenv"],
    ["--setenv", "HOME", home],
    ["--setenv", "TMPDIR", "/tmp"],
    ["--setenv", "LANG", "C.UTF-8"],
    ["--setenv", "TZ", timeZone],
    ["--setenv", "PATH", "/usr/bin:/bin"],
    ["--ro-bind", "/usr", "/usr"],
    ...[...programFolders, ...fontFiles].map((path) => ["--ro-bind-try", path, path]),
    folder.startsWith("/usr/") ? [] : ["--ro-bind", folder, folder],
    ["--proc", "/proc"],
    ["--dev", "/dev"],
    ["--perms", "1777", "--size", bytes, "--tmpfs", "/tmp"],
    ["--perms", "0700", "--size", bytes, "--tmpfs", home],
    ["--perms", "0755", "--size", "65536", "--tmpfs", "/run"],
    ["--ro-bind", socketPath, egressSocket],
    // A FIFO is written to all the same: what is read-only is the file.
    keyLog === null ? [] : ["--ro-bind", keyLog, jailKeyLog],
    trustStore === null ? [] : ["--ro-bind", trustStore, trustFolder],
    ["--remount-ro", "/run"],
    ["--remount-ro", "/"],
    ["--chdir", home],
  ];
  const trust = trustStore === null ? "" : `cp -r ${trustFolder} "$HOME/.pki"; `;
  return [programs.bwrapPath, ...rules.flat(), "--", "/bin/sh", "-c", forwardAndRun(programs, trust), program];
}

/** Where the browser is to keep its profile. */
export const jailProfile = `${home}/profile`;

/**
 * The DevTools pipe, descriptors 3 and 4, is not the forwarder's, and the forwarder does not outlive the browser: the
 * jail would, too, where the worker died in the moment before bwrap had tied it to its life.
 */
function forwardAndRun({ socatPath }: Bubblewrap, trust: string): string {
  const listen = `TCP-LISTEN:${jailProxyPort},bind=127.0.0.1,reuseaddr,fork,backlog=128`;
  const forward = `${socatPath} -t 10 ${listen} UNIX-CONNECT:${egressSocket} </dev/null >/dev/null 2>&1 3>&- 4>&-`;
  return `${forward} & ${trust}"$0" "$@"; status=$?; kill $!; exit $status`;
}
