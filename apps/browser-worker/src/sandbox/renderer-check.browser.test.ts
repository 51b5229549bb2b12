import { chmod, mkdtemp, readdir, readFile, readlink, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pino } from "pino";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { launchBrowser, type SlotBrowser } from "../pool/launch-browser.ts";
import { BrowserGuard } from "../pool/browser-guard.ts";
import { checkRenderers } from "./renderer-check.ts";
import type { Isolation } from "./isolation.ts";
import { findBubblewrap } from "./find-bubblewrap.ts";
import { findChromium } from "./find-chromium.ts";
import { listTree } from "./process-tree.ts";

const uid = process.getuid?.() === 0 ? 59_990 : undefined;

const log = pino({ level: "silent" });

describe("a slot's browser", () => {
  let folder: string;
  let launched: SlotBrowser | undefined;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "worker-sandbox-"));
    await chmod(folder, 0o755);
  });
  afterEach(async () => {
    await launched?.dispose();
    launched = undefined;
    await rm(folder, { recursive: true, force: true });
  });

  async function launch(isolation: Isolation): Promise<SlotBrowser> {
    launched = await launchBrowser({ index: 0, uid, folder: join(folder, "slot-0") }, null, {
      chromium: await findChromium(undefined),
      setprivPath: "/usr/bin/setpriv",
      trustStore: null,
      isolation,
      diskMiB: 64,
      controlGroups: null,
      timeoutMs: 30_000,
      memory: new BrowserGuard({ limitMiB: 1024, log }),
      network: { resolve: async () => [] },
      log,
    });
    await (await launched.browser.newPage()).goto("about:blank");
    return launched;
  }

  it("has its renderers under seccomp and in namespaces of their own, and runs as its slot's user without privileges", async () => {
    const { pid } = await launch({ level: "L1" });
    expect(await checkRenderers(pid)).toEqual([]);
    for (const member of await listTree(pid)) {
      const status = await readFile(`/proc/${member}/status`, "utf8");
      if (uid !== undefined) expect(status).toMatch(new RegExp(`^Uid:\\s+${uid}\\s+${uid}\\s+${uid}\\s+${uid}$`, "m"));
      expect(status).toMatch(/^NoNewPrivs:\s+1$/m);
    }
  });

  it("has all its processes in namespaces of their own at level L2, and keeps nothing on the disk", async () => {
    const bubblewrap = await findBubblewrap();
    if (!("found" in bubblewrap)) throw new Error(`level L2 cannot be tested: ${bubblewrap.missing}`);
    const { slot, pid, dispose } = await launch({ level: "L2", programs: bubblewrap.found });
    expect(await checkRenderers(pid)).toEqual([]);
    const members = await listTree(pid);
    const [outer, ...inner] = members.toSorted((one, other) => one - other);
    expect(outer).toBe(pid);
    expect(inner.length).toBeGreaterThan(4);
    if (uid !== undefined)
      for (const kind of ["user", "mnt", "pid", "net", "ipc", "uts"])
        for (const member of inner)
          expect(await readlink(`/proc/${member}/ns/${kind}`)).not.toBe(await readlink(`/proc/self/ns/${kind}`));
    expect((await readdir(join(slot.folder, "home"), { recursive: true })).toSorted()).toEqual(["tmp"]);
    await dispose();
    expect(await listTree(pid)).toEqual([]);
    expect(await readdir(folder)).toEqual([]);
  });

  it("is found out when it runs without the sandbox", async () => {
    const { pid } = await launch({ level: "L0" });
    expect((await checkRenderers(pid)).map(({ problem }) => problem)).toContain("no seccomp filter");
  });

  it("keeps its profile to its own user, and nothing of it after it was disposed", async () => {
    const { slot, pid, egress, dispose } = await launch({ level: "L1" });
    const home = await stat(join(slot.folder, "home"));
    expect(home.mode & 0o077).toBe(0);
    if (uid !== undefined) expect(home.uid).toBe(uid);
    expect(
      (await readFile(`/proc/${pid}/environ`, "utf8")).split("\0").map((entry) => entry.split("=")[0]),
    ).not.toContain("WORKER_TOKEN");
    const { port } = egress;
    await dispose();
    expect(await readdir(folder)).toEqual([]);
    expect(await listTree(pid)).toEqual([]);
    await expect(fetch(`http://127.0.0.1:${port}/`)).rejects.toThrow();
  });
});
