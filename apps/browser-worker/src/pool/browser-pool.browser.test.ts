import { chmod, mkdtemp, readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pino } from "pino";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { loadConfig } from "../config.ts";
import { listTree } from "../sandbox/process-tree.ts";
import { BrowserPool } from "./browser-pool.ts";
import type { SlotBrowser } from "./launch-browser.ts";
import { prepareBrowsers, type PreparedBrowsers } from "./prepare-browsers.ts";

const settings = { locale: "en-GB" };
const localeOf = async (claimed: SlotBrowser) =>
  (await claimed.openPage(settings)).page.evaluate<string>("navigator.language");
const log = pino({ level: "silent" });

describe("a pool of real browsers", () => {
  let runtimeDir: string;
  let browsers: PreparedBrowsers;
  let pool: BrowserPool;

  beforeEach(async () => {
    runtimeDir = await mkdtemp(join(tmpdir(), "pool-test-"));
    await chmod(runtimeDir, 0o755);
    const config = loadConfig({ WORKER_TOKEN: "0123456789abcdef", WORKER_CAPACITY: "2", RUNTIME_DIR: runtimeDir });
    browsers = await prepareBrowsers({ config, resolve: async () => [], useTemporaryFolder: () => {}, log });
    pool = new BrowserPool({
      slots: browsers.slots,
      warmSize: 1,
      maxAgeMs: 60_000,
      launch: browsers.launch,
      availableMiB: async () => 8_000,
      now: () => performance.now(),
      random: () => 0,
      log,
    });
    pool.fill();
    await expect.poll(() => pool.warm, { timeout: 30_000 }).toBe(1);
  });
  afterEach(async () => {
    await pool.drain();
    await pool.settled();
    await browsers.dispose();
    await rm(runtimeDir, { recursive: true, force: true });
  });

  it("has a page ready for the session that comes, and another for one that is otherwise", async () => {
    const first = await pool.claim(settings);
    expect(first.fits(settings)).toBe(false);
    await pool.giveBack(first);
    // The one that was warm already knows nothing of it.
    await pool.giveBack(await pool.claim(settings));
    await expect.poll(() => pool.warm, { timeout: 30_000 }).toBe(1);
    const third = await pool.claim(settings);
    expect(third.fits(settings)).toBe(true);
    expect(await localeOf(third)).toBe("en-GB");
    expect(third.browser.contexts()).toHaveLength(1);
    expect(third.fits(settings)).toBe(false);
    await pool.giveBack(third);
  });

  it("hands out no browser whose processes were stopped, and leaves none of them", async () => {
    const groups = await groupsBelow(runtimeDir);
    const [stopped = 0] = groups;
    expect(groups).toHaveLength(1);
    // At level L2 the browser itself is in a group of its own.
    const processes = await listTree(stopped);
    for (const pid of processes) process.kill(pid, "SIGSTOP");
    await expect.poll(() => Promise.all(processes.map(isStopped))).not.toContain(false);
    const claimed = await pool.claim(settings);
    expect(claimed.pid).not.toBe(stopped);
    expect(await localeOf(claimed)).toBe("en-GB");
    await pool.giveBack(claimed);
    await expect.poll(() => listTree(stopped)).toEqual([]);
  });

  it("makes its folder anew when somebody deleted it, hands out none that lived in it, and leaves nothing", async () => {
    const [orphan = 0] = await groupsBelow(runtimeDir);
    for (const name of await readdir(runtimeDir)) await rm(join(runtimeDir, name), { recursive: true, force: true });
    const claimed = await pool.claim(settings);
    expect(claimed.pid).not.toBe(orphan);
    expect(await localeOf(claimed)).toBe("en-GB");
    await pool.giveBack(claimed);
    await expect.poll(() => listTree(orphan)).toEqual([]);
  });

  it("says by name that its folder is gone when it cannot be made anew", async () => {
    const [name = ""] = await readdir(runtimeDir);
    await pool.drain();
    await rename(join(runtimeDir, name), join(runtimeDir, "elsewhere"));
    await writeFile(join(runtimeDir, name), "in the way");
    const [slot] = browsers.slots;
    await expect(browsers.launch(slot as NonNullable<typeof slot>, null)).rejects.toMatchObject({
      name: "RuntimeFolderError",
      message: expect.stringContaining("RUNTIME_DIR"),
    });
  });
});

/** Process groups of the browsers that live below the folder. */
const isStopped = async (pid: number) => /\) [tT] /.test(await readFile(`/proc/${pid}/stat`, "utf8"));

async function groupsBelow(folder: string): Promise<number[]> {
  const [worker = ""] = await readdir(folder);
  const slots = (await readdir(join(folder, worker))).filter((name) => name.startsWith("slot-"));
  const pids = slots.map((slot) => readFile(join(folder, worker, slot, "browser.pid"), "utf8"));
  return (await Promise.all(pids)).map(Number);
}
