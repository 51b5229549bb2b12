import { mkdtempSync, readFileSync, rmSync, writeFileSync, existsSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { lockDirectory } from "./directory-lock.ts";

let home: string;
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), "attestream-lock-"));
});
afterEach(() => rmSync(home, { recursive: true, force: true }));

const file = () => join(home, "attestream.lock");

describe("the lock of a data folder", () => {
  it("names its process, and goes with it", () => {
    const lock = lockDirectory(home, { pid: 4711 });
    expect(readFileSync(file(), "utf8")).toBe("4711\n");
    lock[Symbol.dispose]();
    expect(existsSync(file())).toBe(false);
  });

  it("is refused while its process lives, with the process and the remedy", () => {
    using _ = lockDirectory(home, { pid: 4711 });
    expect(() => lockDirectory(home, { pid: 4712, isAlive: (pid) => pid === 4711 })).toThrow(
      /in use by process 4711.*DATA_DIR or a DATABASE_URL/,
    );
    expect(readFileSync(file(), "utf8")).toBe("4711\n");
  });

  it("is taken over from a process that is gone, from an earlier process of the same pid, and when it is empty", () => {
    for (const content of ["4711\n", "4712\n", "", "x"]) {
      writeFileSync(file(), content);
      using _ = lockDirectory(home, { pid: 4712, isAlive: () => content === "4712\n" });
      expect(readFileSync(file(), "utf8")).toBe("4712\n");
    }
  });

  it("says what to do when the folder cannot be written", () => {
    writeFileSync(join(home, "file"), "");
    expect(() => lockDirectory(join(home, "file", "below"), { pid: 1 })).toThrow(
      /DATA_DIR .*cannot be written \(ENOTDIR\)/,
    );
  });
});
