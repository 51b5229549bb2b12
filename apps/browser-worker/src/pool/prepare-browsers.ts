import { constants } from "node:fs";
import { access, mkdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { createAddressGuard, type Resolve } from "@attestream/address-guard";
import type { Logger } from "pino";
import type { WorkerConfig } from "../config.ts";
import type { EgressNetwork } from "../egress/egress-proxy.ts";
import { findBubblewrap } from "../sandbox/find-bubblewrap.ts";
import { findChromium } from "../sandbox/find-chromium.ts";
import { openControlGroups } from "../sandbox/control-groups.ts";
import type { Isolation, IsolationLevel } from "../sandbox/isolation.ts";
import { probeJail } from "../sandbox/probe.ts";
import { checkRenderers } from "../sandbox/renderer-check.ts";
import { createTrustStore } from "../sandbox/trust-store.ts";
import { readAvailableMiB, sessionMiB, sessionsThatFit } from "./available-memory.ts";
import { createFolderKeeper } from "./folder-keeper.ts";
import { launchBrowser, type LikelySettings, type SlotBrowser } from "./launch-browser.ts";
import { BrowserGuard } from "./browser-guard.ts";
import { createRuntimeFolder } from "./runtime-folder.ts";
import { checkSandbox } from "./sandbox-level.ts";
import { prepareSlot, wipeSlot, type Slot } from "./slot.ts";
import { reserveUidBlock, uidsPerWorker } from "./uid-block.ts";

export interface PreparedBrowsers {
  slots: Slot[];
  launch: (slot: Slot, likely: LikelySettings) => Promise<SlotBrowser>;
  isolationLevel: IsolationLevel;
  browser: { product: string; version: string };
  /** Removes the runtime folder; every browser must be gone before. */
  dispose(): Promise<void>;
}

/**
 * Makes this machine ready to run browsers: folders, users, trusted authorities, and one browser started
 * on trial to see that its sandbox holds. Throws with the remedy in the message.
 */
export async function prepareBrowsers(options: {
  config: WorkerConfig;
  resolve: Resolve;
  useTemporaryFolder: (path: string) => void;
  log: Logger;
}): Promise<PreparedBrowsers> {
  const { config, resolve, useTemporaryFolder, log } = options;
  const asRoot = process.getuid?.() === 0;
  const setprivPath = await findSetpriv(asRoot);
  const chromium = await findChromium(config.chromiumPath);
  const folder = await createRuntimeFolder(config.runtimeDir, asRoot);
  let releaseUids = async () => {};
  let removeGroups = async () => {};
  const dispose = async () => {
    await rm(folder, { recursive: true, force: true, maxRetries: 5 });
    await removeGroups();
    await releaseUids();
  };
  try {
    const parts = ["trust", "tmp"];
    const furnish = async () => {
      for (const name of parts) {
        await rm(join(folder, name), { recursive: true, force: true });
        await mkdir(join(folder, name), { mode: 0o700 });
      }
      return createTrustStore({ folder: join(folder, "trust"), caFile: config.extraCaFile });
    };
    const trustStore = await furnish();
    const keepFolder = createFolderKeeper({ folder, parts, furnish: async () => void (await furnish()), log });
    useTemporaryFolder(join(folder, "tmp"));
    const uids = asRoot ? await reserveUidBlock() : undefined;
    if (uids) releaseUids = uids.release;
    const slots = Array.from({ length: Math.min(await capacityOf(config, log), uidsPerWorker) }, (_, index): Slot => {
      return { index, uid: uids && uids.first + index, folder: join(folder, `slot-${index}`) };
    });
    const [trial] = slots;
    if (trial === undefined) throw new Error("WORKER_CAPACITY must be at least 1");
    const memory = new BrowserGuard({ limitMiB: config.browserMemoryMiB, log });
    const controlGroups = await openControlGroups();
    if (controlGroups) removeGroups = () => controlGroups.remove();
    else log.info("no control groups: memory is bounded by looking, threads by the user's limit, CPU by the scheduler");
    const own = { setprivPath, trustStore, diskMiB: config.browserDiskMiB, controlGroups };
    const network: EgressNetwork = {
      resolve,
      guard: createAddressGuard({ refused: config.refusedCidrs }),
      limits: config.egressLimits,
    };
    const writesKeyLog = config.attestors.length > 0;
    const common = { ...own, chromium, writesKeyLog, timeoutMs: config.launchTimeoutMs, memory, network, log };
    const launch = async (slot: Slot, isolation: Isolation, likely: LikelySettings = null) => {
      await keepFolder();
      return launchBrowser(slot, likely, { ...common, isolation });
    };
    const probe = async (slot: Slot, isolation: Isolation) => {
      const files = await prepareSlot(slot, { ...own, groups: [], program: "/bin/sh", isolation });
      // The egress proxy's is not there yet; what is bound must be.
      await writeFile(files.egressSocket, "");
      return probeJail(files.executable, folder).finally(() => wipeSlot(slot));
    };
    const { minIsolation: minimum, allowNoSandbox } = config;
    const means = { launch, probe, findBubblewrap, checkRenderers };
    const { isolation, version } = await checkSandbox({ slot: trial, ...means, minimum, allowNoSandbox, log });
    return {
      slots,
      launch: (slot, likely) => launch(slot, isolation, likely),
      isolationLevel: isolation.level,
      browser: { product: chromium.product, version },
      dispose,
    };
  } catch (error) {
    await dispose();
    throw error;
  }
}

/** More sessions than memory can hold would end by the kernel's hand, and maybe not only they. */
async function capacityOf(config: WorkerConfig, log: Logger): Promise<number> {
  const availableMiB = await readAvailableMiB();
  const fitting = sessionsThatFit(availableMiB);
  if (config.capacity <= fitting) return config.capacity;
  log.warn(
    { wanted: config.capacity, capacity: fitting, availableMiB, sessionMiB },
    "too little memory for WORKER_CAPACITY: fewer sessions are taken",
  );
  return fitting;
}

async function findSetpriv(asRoot: boolean): Promise<string | undefined> {
  for (const path of ["/usr/bin/setpriv", "/bin/setpriv"]) {
    const found = await access(path, constants.X_OK).then(
      () => true,
      () => false,
    );
    if (found) return path;
  }
  if (asRoot)
    throw new Error(
      "Run as root the worker needs setpriv to start browsers as unprivileged users. Install util-linux, or run the worker as an ordinary user.",
    );
  return undefined;
}
