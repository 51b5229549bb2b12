import { EventEmitter } from "node:events";
import { pino } from "pino";
import { describe, expect, it } from "vitest";
import { BrowserPool } from "./browser-pool.ts";
import type { SlotBrowser } from "./launch-browser.ts";
import type { Slot } from "./slot.ts";

/** Slots in which nothing runs: a launch and a clean-up end when the test says so. */
function setUp(options: { slots: number; warmSize: number }) {
  const launches: { slot: Slot; succeed: () => SlotBrowser; fail: () => void }[] = [];
  const arrived = new EventEmitter();
  let running = 0;
  const pool = new BrowserPool({
    slots: Array.from({ length: options.slots }, (_, index) => ({ index, uid: undefined, folder: `slot-${index}` })),
    warmSize: options.warmSize,
    random: () => 0,
    log: pino({ level: "silent" }),
    launch: (slot) =>
      new Promise((resolve, reject) => {
        const succeed = () => {
          running += 1;
          const browser = Object.assign(new EventEmitter(), { slot }) as unknown as SlotBrowser["browser"];
          const launched = {
            slot,
            browser,
            pid: 0,
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
  return { pool, nextLaunch, running: () => running };
}

describe("the browser pool", () => {
  it("hands out a warm browser at once and starts the next", async () => {
    const { pool, nextLaunch } = setUp({ slots: 2, warmSize: 1 });
    pool.fill();
    const warm = (await nextLaunch()).succeed();
    await expect.poll(() => pool.warm).toBe(1);
    expect(await pool.claim()).toBe(warm);
    expect((await nextLaunch()).slot).not.toBe(warm.slot);
  });

  it("starts a browser for a claim when none is warm, and uses none twice", async () => {
    const { pool, nextLaunch, running } = setUp({ slots: 1, warmSize: 0 });
    const claimed = pool.claim();
    const first = (await nextLaunch()).succeed();
    expect(await claimed).toBe(first);
    await pool.giveBack(first);
    await pool.giveBack(first);
    expect(running()).toBe(0);
    const again = pool.claim();
    const second = (await nextLaunch()).succeed();
    expect(await again).toBe(second);
    expect(second).not.toBe(first);
    await expect(pool.claim()).rejects.toThrow("no slot is free");
  });

  it("lets a claim have the browser that is being warmed in the last slot", async () => {
    const { pool, nextLaunch } = setUp({ slots: 1, warmSize: 1 });
    pool.fill();
    const launch = await nextLaunch();
    const claimed = pool.claim();
    const warmed = launch.succeed();
    expect(await claimed).toBe(warmed);
  });

  it("gives the slot back when a launch fails", async () => {
    const { pool, nextLaunch } = setUp({ slots: 1, warmSize: 0 });
    const claimed = pool.claim();
    (await nextLaunch()).fail();
    await expect(claimed).rejects.toThrow("does not start");
    const again = pool.claim();
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
    await expect(pool.claim()).rejects.toThrow("stopping");
  });
});
