import { EventEmitter } from "node:events";
import { pino } from "pino";
import { describe, expect, it } from "vitest";
import { BrowserPool } from "./browser-pool.ts";
import type { SlotBrowser } from "./launch-browser.ts";
import type { Slot } from "./slot.ts";

const settings = { locale: "en-GB" };

/** Slots in which nothing runs: a launch and a clean-up end when the test says so. */
function setUp(options: { slots: number; warmSize: number }) {
  const machine = { availableMiB: 8_000, now: 0 };
  const launches: { slot: Slot; succeed: () => SlotBrowser; fail: () => void }[] = [];
  const arrived = new EventEmitter();
  const ill = new Set<string>();
  let running = 0;
  const pool = new BrowserPool({
    slots: Array.from({ length: options.slots }, (_, index) => ({ index, uid: undefined, folder: `slot-${index}` })),
    warmSize: options.warmSize,
    maxAgeMs: 1_000,
    availableMiB: async () => machine.availableMiB,
    now: () => machine.now,
    random: () => 0,
    log: pino({ level: "silent" }),
    launch: (slot, likely) =>
      new Promise((resolve, reject) => {
        const succeed = () => {
          running += 1;
          const browser = Object.assign(new EventEmitter(), {
            isConnected: () => true,
          }) as unknown as SlotBrowser["browser"];
          const launched = {
            slot,
            browser,
            pid: 0,
            fits: (wanted: typeof settings) => wanted === likely,
            isWell: async () => !ill.has(slot.folder),
            dispose: async () => void (running -= 1),
          } as unknown as SlotBrowser;
          resolve(launched);
          return launched;
        };
        launches.push({ slot, succeed, fail: () => reject(new Error("does not start")) });
        arrived.emit("launch");
      }),
  });
  const nextLaunch = async () => {
    while (launches.length === 0) await new Promise<void>((resolve) => arrived.once("launch", () => resolve()));
    return launches.shift() as (typeof launches)[number];
  };
  /** Gets the next so many browsers going, and waits until they are warm. */
  const warmUp = async (count: number) => {
    const warmed = [];
    for (let index = 0; index < count; index += 1) warmed.push((await nextLaunch()).succeed());
    await expect.poll(() => pool.warm).toBe(count);
    return warmed;
  };
  return { pool, machine, ill, nextLaunch, warmUp, running: () => running };
}

describe("the browser pool", () => {
  it("hands out a warm browser at once and starts the next", async () => {
    const { pool, nextLaunch } = setUp({ slots: 2, warmSize: 1 });
    pool.fill();
    const warm = (await nextLaunch()).succeed();
    await expect.poll(() => pool.warm).toBe(1);
    expect(await pool.claim(settings)).toBe(warm);
    expect((await nextLaunch()).slot).not.toBe(warm.slot);
  });

  it("starts a browser for a claim when none is warm, and uses none twice", async () => {
    const { pool, nextLaunch, running } = setUp({ slots: 1, warmSize: 0 });
    const claimed = pool.claim(settings);
    const first = (await nextLaunch()).succeed();
    expect(await claimed).toBe(first);
    await pool.giveBack(first);
    await pool.giveBack(first);
    expect(running()).toBe(0);
    const again = pool.claim(settings);
    const second = (await nextLaunch()).succeed();
    expect(await again).toBe(second);
    expect(second).not.toBe(first);
    await expect(pool.claim(settings)).rejects.toThrow("no slot is free");
  });

  it("lets a claim have the browser that is being warmed in the last slot", async () => {
    const { pool, nextLaunch } = setUp({ slots: 1, warmSize: 1 });
    pool.fill();
    const launch = await nextLaunch();
    const claimed = pool.claim(settings);
    const warmed = launch.succeed();
    expect(await claimed).toBe(warmed);
  });

  it("gives the slot back when a launch fails", async () => {
    const { pool, nextLaunch } = setUp({ slots: 1, warmSize: 0 });
    const claimed = pool.claim(settings);
    (await nextLaunch()).fail();
    await expect(claimed).rejects.toThrow("does not start");
    const again = pool.claim(settings);
    (await nextLaunch()).succeed();
    await expect(again).resolves.toBeDefined();
  });

  it("replaces a warm browser that dies", async () => {
    const { pool, nextLaunch, running } = setUp({ slots: 1, warmSize: 1 });
    pool.fill();
    const warm = (await nextLaunch()).succeed();
    await expect.poll(() => pool.warm).toBe(1);
    (warm.browser as unknown as EventEmitter).emit("disconnected");
    expect(pool.warm).toBe(0);
    (await nextLaunch()).succeed();
    await expect.poll(() => pool.warm).toBe(1);
    expect(running()).toBe(1);
  });

  it("kills what is warm or being warmed when it is drained, and hands out nothing more", async () => {
    const { pool, nextLaunch, running } = setUp({ slots: 2, warmSize: 2 });
    pool.fill();
    (await nextLaunch()).succeed();
    const late = await nextLaunch();
    const drained = pool.drain();
    late.succeed();
    await drained;
    expect(running()).toBe(0);
    await expect(pool.claim(settings)).rejects.toThrow("stopping");
  });

  it("replaces a warm browser that does not answer before it is handed out", async () => {
    const { pool, ill, nextLaunch, warmUp, running } = setUp({ slots: 3, warmSize: 2 });
    pool.fill();
    const [sick, well] = await warmUp(2);
    ill.add("slot-0");
    expect(sick?.slot.folder).toBe("slot-0");
    expect(await pool.claim(settings)).toBe(well);
    for (let replaced = 0; replaced < 2; replaced += 1) (await nextLaunch()).succeed();
    await expect.poll(() => pool.warm).toBe(2);
    expect(running()).toBe(3);
  });

  it("finds out by itself that one does not answer", async () => {
    const { pool, ill, nextLaunch, warmUp } = setUp({ slots: 2, warmSize: 1 });
    pool.fill();
    const [sick] = await warmUp(1);
    ill.add("slot-0");
    await pool.tend();
    expect(pool.warm).toBe(0);
    const replacement = (await nextLaunch()).succeed();
    expect(replacement).not.toBe(sick);
    await expect.poll(() => pool.warm).toBe(1);
  });

  it("replaces what has grown old one at a time, and not before its successor runs", async () => {
    const { pool, machine, nextLaunch, warmUp, running } = setUp({ slots: 3, warmSize: 2 });
    pool.fill();
    await warmUp(2);
    machine.now = 1_000;
    const tended = pool.tend();
    const launch = await nextLaunch();
    expect(pool.warm).toBe(2);
    launch.succeed();
    await tended;
    expect(pool.warm).toBe(2);
    await pool.settled();
    expect(running()).toBe(2);
  });

  it("warms none while memory is short, gives one up when it is shorter, and goes on afterwards", async () => {
    const { pool, machine, nextLaunch, warmUp } = setUp({ slots: 3, warmSize: 2 });
    pool.fill();
    await warmUp(2);
    machine.availableMiB = 200;
    await pool.tend();
    expect(pool.warm).toBe(1);
    machine.availableMiB = 450;
    await pool.tend();
    expect(pool.warm).toBe(1);
    machine.availableMiB = 8_000;
    await pool.tend();
    (await nextLaunch()).succeed();
    await expect.poll(() => pool.warm).toBe(2);
  });

  it("hands out the browser whose page fits, and makes the next ones for the latest session", async () => {
    const { pool, nextLaunch, warmUp } = setUp({ slots: 4, warmSize: 2 });
    const other = { locale: "fr-FR" };
    pool.fill();
    await warmUp(2);
    const first = await pool.claim(settings);
    const fitting = (await nextLaunch()).succeed();
    await expect.poll(() => pool.warm).toBe(2);
    expect(first).not.toBe(fitting);
    expect(await pool.claim(settings)).toBe(fitting);
    const second = (await nextLaunch()).succeed();
    await expect.poll(() => pool.warm).toBe(2);
    expect(await pool.claim(other)).not.toBe(second);
  });
});
