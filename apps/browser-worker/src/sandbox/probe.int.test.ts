import { chmod, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { prepareSlot } from "../pool/slot.ts";
import { findBubblewrap } from "./find-bubblewrap.ts";
import type { Isolation } from "./isolation.ts";
import { probeJail } from "./probe.ts";

const uid = process.getuid?.() === 0 ? 59_991 : undefined;

describe("a program in the browser's place", () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "worker-probe-"));
    await chmod(folder, 0o755);
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  async function probe(isolation: Isolation): Promise<string[]> {
    const slot = { index: 0, uid, folder: join(folder, "slot-0") };
    const own = { setprivPath: "/usr/bin/setpriv", trustStore: null, groups: [], diskMiB: 16 };
    const files = await prepareSlot(slot, { ...own, program: "/bin/sh", isolation });
    await writeFile(files.egressSocket, "");
    return probeJail(files.executable, folder);
  }

  it("finds nothing at level L2", async () => {
    const bubblewrap = await findBubblewrap();
    if (!("found" in bubblewrap)) throw new Error(`level L2 cannot be tested: ${bubblewrap.missing}`);
    expect(await probe({ level: "L2", programs: bubblewrap.found })).toEqual([]);
  });

  it("finds the machine's network, processes and files at level L1", async () => {
    const findings = await probe({ level: "L1" });
    expect(findings).toEqual(
      expect.arrayContaining([
        "reaches the machine's loopback",
        "sees /etc/passwd",
        `sees ${folder}`,
        expect.stringMatching(/^sees \d+ processes$/),
      ]),
    );
  });
});
