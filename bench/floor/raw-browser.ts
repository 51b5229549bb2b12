import { spawn } from "node:child_process";
import { once } from "node:events";
import { chown, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Readable, Writable } from "node:stream";
import { findChromium } from "@attestream/browser-worker/find-chromium";
import { CdpPipe } from "./cdp-pipe.ts";

export interface RawBrowserOptions {
  /** Port on this machine that stands for the bench's site. */
  sitePort: number;
  siteHost: string;
}

/** What Playwright's switches do for speed and quiet, and nothing of ours. */
const switches = [
  "--headless",
  "--no-startup-window",
  "--no-first-run",
  "--no-pings",
  "--disable-gpu",
  "--hide-scrollbars",
  "--mute-audio",
  "--disable-sync",
  "--disable-extensions",
  "--disable-component-update",
  "--disable-background-networking",
  "--disable-background-timer-throttling",
  "--disable-backgrounding-occluded-windows",
  "--disable-renderer-backgrounding",
  "--disable-dev-shm-usage",
  "--force-color-profile=srgb",
  "--password-store=basic",
  // The bench's site has a certificate of the bench's own authority.
  "--ignore-certificate-errors",
];

/** Users of workers' browsers are below; each of ours has its own. */
const firstUid = 60_000;
let lastUid = firstUid + (process.pid % 4_000);

/**
 * The same Chromium as the product's, started with nothing in between and spoken to over a pipe: what the
 * product is measured against. Under Chromium's own sandbox, as an unprivileged user when we are root.
 */
export class RawBrowser implements AsyncDisposable {
  readonly pid: number;
  readonly cdp: CdpPipe;
  /** Just before its process was started. */
  readonly spawnedAt: number;
  readonly #dispose: () => Promise<void>;
  #disposed: Promise<void> | undefined;

  private constructor(pid: number, cdp: CdpPipe, spawnedAt: number, dispose: () => Promise<void>) {
    this.pid = pid;
    this.cdp = cdp;
    this.spawnedAt = spawnedAt;
    this.#dispose = dispose;
  }

  static async start({ sitePort, siteHost }: RawBrowserOptions): Promise<RawBrowser> {
    const { path, product } = await findChromium(process.env["CHROMIUM_PATH"]);
    const home = await mkdtemp(join(tmpdir(), "attestream-bench-browser-"));
    const flags = [
      ...switches,
      ...(product === "chromium" ? ["--headless=new"] : []),
      "--remote-debugging-pipe",
      `--user-data-dir=${home}/profile`,
      `--host-resolver-rules=MAP ${siteHost}:443 127.0.0.1:${sitePort}`,
    ];
    let command = [path, ...flags];
    if (process.getuid?.() === 0) {
      lastUid += 1;
      await chown(home, lastUid, lastUid);
      const user = ["--reuid", String(lastUid), "--regid", String(lastUid), "--clear-groups"];
      command = ["setpriv", ...user, "--no-new-privs", "--pdeathsig", "KILL", ...command];
    }
    const spawnedAt = performance.now();
    const child = spawn(command[0] ?? path, command.slice(1), {
      cwd: home,
      env: { HOME: home, TMPDIR: home, LANG: "C.UTF-8", PATH: "/usr/bin:/bin" },
      stdio: ["ignore", "ignore", "ignore", "pipe", "pipe"],
      detached: true,
    });
    const exited = once(child, "exit");
    await once(child, "spawn");
    const pid = Number(child.pid);
    const dispose = async () => {
      try {
        process.kill(-pid, "SIGKILL");
      } catch {
        // It has ended by itself.
      }
      await exited;
      await rm(home, { recursive: true, force: true, maxRetries: 10, retryDelay: 50 });
    };
    return new RawBrowser(pid, new CdpPipe(child.stdio[3] as Writable, child.stdio[4] as Readable), spawnedAt, dispose);
  }

  [Symbol.asyncDispose](): Promise<void> {
    this.#disposed ??= this.#dispose();
    return this.#disposed;
  }
}
