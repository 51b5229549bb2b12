import { mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { makeFolder } from "./make-folder.ts";

it("makes a folder and those above it, and is content with one that is there", () => {
  const home = mkdtempSync(join(tmpdir(), "attestream-folder-"));
  try {
    makeFolder(join(home, "a/b/c"), 0o700);
    makeFolder(join(home, "a/b/c"), 0o700);
    expect(statSync(join(home, "a/b/c")).mode & 0o777).toBe(0o700);
    writeFileSync(join(home, "file"), "");
    expect(() => makeFolder(join(home, "file/below"), 0o700)).toThrow("ENOTDIR");
  } finally {
    rmSync(home, { recursive: true });
  }
});

it.runIf(process.platform === "linux")("throws where the system lets nobody make one", () => {
  expect(() => makeFolder("/proc/nowhere/at/all", 0o700)).toThrow("ENOENT");
});
