import { Writable } from "node:stream";
import { pino } from "pino";
import { describe, expect, it } from "vitest";
import type { IsolationLevel } from "../sandbox/isolation.ts";
import type { SlotBrowser } from "./launch-browser.ts";
import { checkSandbox, type CheckOptions } from "./sandbox-level.ts";

const programs = { bwrapPath: "/usr/bin/bwrap", socatPath: "/usr/bin/socat" };
const slot = { index: 0, uid: undefined, folder: "/nowhere" };

interface Machine {
  installed?: boolean;
  /** What the probe finds at level L2. */
  holes?: string[];
  /** What is wrong with the renderers at each level. */
  renderers?: Partial<Record<IsolationLevel, string>>;
}

function checkOn(machine: Machine, asked: Partial<Pick<CheckOptions, "minimum" | "allowNoSandbox">> = {}) {
  const lines: string[] = [];
  const open = new Set<IsolationLevel>();
  const log = pino({}, new Writable({ write: (chunk, _encoding, done) => (lines.push(String(chunk)), done()) }));
  let level: IsolationLevel = "L0";
  const outcome = checkSandbox({
    slot,
    minimum: "L1",
    allowNoSandbox: false,
    ...asked,
    log,
    findBubblewrap: async () =>
      machine.installed === false ? { missing: "not installed: socat" } : { found: programs },
    probe: async () => machine.holes ?? [],
    checkRenderers: async (pid) => {
      const problem = machine.renderers?.[level];
      return problem === undefined ? [] : [{ pid, problem }];
    },
    launch: async (_slot, isolation) => {
      level = isolation.level;
      open.add(level);
      const page = { goto: async () => null };
      const browser = { newPage: async () => page, version: () => "1.2" };
      return { pid: 7, browser, dispose: async () => void open.delete(isolation.level) } as unknown as SlotBrowser;
    },
  });
  return { outcome, lines, open };
}

describe("the level of isolation", () => {
  it("is L2 where the jail holds", async () => {
    const { outcome, lines, open } = checkOn({});
    expect(await outcome).toEqual({ isolation: { level: "L2", programs }, version: "1.2" });
    expect(lines).toEqual([]);
    expect(open.size).toBe(0);
  });

  it.each<[string, Machine]>([
    ["not installed: socat", { installed: false }],
    ["reaches the machine's loopback", { holes: ["reaches the machine's loopback"] }],
    ["no seccomp filter", { renderers: { L2: "no seccomp filter" } }],
  ])("is L1 where it does not, with a word in the log: %s", async (word, machine) => {
    const { outcome, lines, open } = checkOn(machine);
    expect((await outcome).isolation).toEqual({ level: "L1" });
    expect(lines.join("")).toContain(word);
    expect(open.size).toBe(0);
  });

  it("that is asked for and does not hold keeps the worker from starting", async () => {
    const { outcome } = checkOn({ holes: ["sees /root"] }, { minimum: "L2", allowNoSandbox: true });
    await expect(outcome).rejects.toThrow(/MIN_ISOLATION is L2.*sees \/root/);
  });

  it("is L0 only when that was allowed by name, and loudly", async () => {
    const machine = { installed: false, renderers: { L1: "no seccomp filter" } };
    await expect(checkOn(machine).outcome).rejects.toThrow(/no seccomp filter.*ALLOW_NO_SANDBOX=1/);
    const { outcome, lines, open } = checkOn(machine, { allowNoSandbox: true });
    expect((await outcome).isolation).toEqual({ level: "L0" });
    expect(lines.join("")).toContain("RUNNING WITHOUT A SANDBOX");
    expect(open.size).toBe(0);
  });
});
