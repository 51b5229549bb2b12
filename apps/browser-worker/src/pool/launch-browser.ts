import { readFile } from "node:fs/promises";
import { chromium, type Browser, type BrowserContextOptions } from "playwright";
import type { Logger } from "pino";
import { EgressProxy, type EgressNetwork } from "../egress/egress-proxy.ts";
import type { ChromiumBinary } from "../sandbox/find-chromium.ts";
import type { ControlGroups } from "../sandbox/control-groups.ts";
import type { Isolation } from "../sandbox/isolation.ts";
import { jailKeyLog, jailProxyPort } from "../sandbox/jail.ts";
import { killTree } from "../sandbox/process-tree.ts";
import { openPage, type OpenedPage } from "../session/open-page.ts";
import { mostThreads } from "../sandbox/wrapper-script.ts";
import { withinTime } from "../within-time.ts";
import { KeyLog } from "../witness/key-log.ts";
import { isBrowserWell } from "./browser-health.ts";
import { BrowserLaunchError } from "./browser-launch-error.ts";
import { chromiumFlags } from "./chromium-flags.ts";
import type { BrowserGuard } from "./browser-guard.ts";
import { SparePage } from "./spare-page.ts";
import { prepareSlot, wipeSlot, type Slot } from "./slot.ts";

export interface LaunchOptions {
  chromium: ChromiumBinary;
  setprivPath: string | undefined;
  trustStore: string | null;
  isolation: Isolation;
  /** What a browser may write at level L2, MiB. */
  diskMiB: number;
  /** Whether its TLS secrets are wanted, for connections that are witnessed. */
  writesKeyLog?: boolean;
  /** Null where this process may not make any. */
  controlGroups: ControlGroups | null;
  timeoutMs: number;
  memory: BrowserGuard;
  network: EgressNetwork;
  log: Logger;
}

/** What the context of the session that will probably come is like. Null: its page is not made ahead. */
export type LikelySettings = BrowserContextOptions | null;

/** A running browser that belongs to one slot, with its own way out. `dispose` leaves nothing of it. */
export interface SlotBrowser {
  slot: Slot;
  browser: Browser;
  egress: EgressProxy;
  /** Null: it writes none. */
  keyLog: KeyLog | null;
  /** Makes it forget the TLS sessions that it could resume: a resumed connection shows no certificate. */
  endResumption(): Promise<void>;
  /** First of the browser's processes. */
  pid: number;
  /** It was ended because it took too much memory. */
  readonly outOfMemory: boolean;
  /** Whether its page is made already. */
  fits(settings: BrowserContextOptions): boolean;
  /** The session's page. Once. */
  openPage(settings: BrowserContextOptions): Promise<OpenedPage>;
  /** Whether it could take a session: asked of a browser that nobody uses. */
  isWell(): Promise<boolean>;
  dispose(): Promise<void>;
}

export async function launchBrowser(slot: Slot, likely: LikelySettings, options: LaunchOptions): Promise<SlotBrowser> {
  const { chromium: binary, isolation } = options;
  const egress = new EgressProxy({ ...options.network, uid: slot.uid, log: options.log });
  const group = await options.controlGroups?.create(`slot-${slot.index}`, {
    memoryMiB: options.memory.limitMiB + 2 * options.diskMiB,
    threads: mostThreads,
  });
  const groups = group?.members ?? [];
  const files = await prepareSlot(slot, { ...options, groups, program: binary.path });
  // Kept: the file goes when somebody deletes the folder, and the browser must go all the same.
  let keyLog: KeyLog | null = null;
  let pid = 0;
  const readPid = async () => {
    pid ||= Number(await readFile(files.pidFile, "utf8").catch(() => "0"));
  };
  const clean = async () => {
    await readPid();
    if (pid > 1) await killTree(pid);
    keyLog?.close();
    await egress.close();
    await group?.remove();
    await wipeSlot(slot);
  };
  try {
    const jailed = isolation.level === "L2";
    // Before the browser is there: one that finds no reader stands still.
    if (options.writesKeyLog) keyLog = new KeyLog(files.keyLog);
    await egress.listen(jailed ? { socketPath: files.egressSocket } : { loopback: true });
    const browser = await chromium.launch({
      executablePath: files.executable,
      artifactsDir: files.artifacts,
      chromiumSandbox: isolation.level !== "L0",
      args: [
        ...chromiumFlags({
          proxyPort: jailed ? jailProxyPort : egress.port,
          keyLog: options.writesKeyLog ? (jailed ? jailKeyLog : files.keyLog) : null,
        }),
        ...(binary.product === "chromium" ? ["--headless=new"] : []),
      ],
      env: {},
      timeout: options.timeoutMs,
      // The worker decides the order of its own shutdown.
      handleSIGINT: false,
      handleSIGTERM: false,
      handleSIGHUP: false,
    });
    await readPid();
    // Playwright asks a hung browser without end.
    const answered = <T>(work: Promise<T>) =>
      withinTime(options.timeoutMs, work, () => new Error("the browser does not answer"));
    const [control, spare] = await answered(
      Promise.all([
        browser.newBrowserCDPSession(),
        SparePage.make({ open: (settings) => openPage(browser, settings), likely }),
      ]),
    );
    const memory = options.memory.watch(pid, group);
    let disposing: Promise<void> | undefined;
    const dispose = async () => {
      memory.stop();
      await clean();
      await browser.close().catch(() => {});
    };
    return {
      slot,
      browser,
      egress,
      keyLog,
      endResumption: async () => {
        await answered(control.send("Memory.simulatePressureNotification", { level: "critical" }));
      },
      pid,
      get outOfMemory() {
        return memory.exceeded || group?.outOfMemory === true;
      },
      fits: (settings) => spare.fits(settings),
      openPage: (settings) => answered(spare.take(settings)),
      isWell: () => isBrowserWell({ control, pid, folder: slot.folder }),
      dispose: () => (disposing ??= dispose()),
    };
  } catch (error) {
    await clean();
    throw new BrowserLaunchError(binary.path, error);
  }
}
