import { spawn } from "node:child_process";
import { once } from "node:events";
import { chmod, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { findBubblewrap } from "./find-bubblewrap.ts";
import { jailCommand } from "./jail.ts";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "worker-jail-"));
  await chmod(folder, 0o755);
});
afterEach(() => rm(folder, { recursive: true, force: true }));

it("ends with what runs in it, also where bwrap has not tied it to its parent's life", async () => {
  const bubblewrap = await findBubblewrap();
  if (!("found" in bubblewrap)) throw new Error(`level L2 cannot be tested: ${bubblewrap.missing}`);
  const socketPath = join(folder, "egress");
  await writeFile(socketPath, "");
  const [program = "", ...rest] = jailCommand({
    programs: bubblewrap.found,
    program: "/bin/sh",
    socketPath,
    trustStore: null,
    diskMiB: 16,
  }).filter((word) => word !== "--die-with-parent");
  const jail = spawn(program, [...rest, "-c", "exit 7"], { stdio: ["ignore", "ignore", "pipe"] });
  // The jail's first process keeps the pipe open for as long as anything is left in it.
  jail.stderr.resume();
  expect(await once(jail, "close")).toEqual([7, null]);
});
