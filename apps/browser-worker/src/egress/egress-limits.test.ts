import { describe, expect, it } from "vitest";
import { createBucket, defaultEgressLimits, EgressMeter } from "./egress-limits.ts";

describe("a bucket", () => {
  it("gives what it holds at once, then what comes in", () => {
    let now = 0;
    const bucket = createBucket({ perSecond: 10, most: 20, now: () => now });
    for (let index = 0; index < 20; index += 1) expect(bucket.tryTake(1)).toBe(true);
    expect(bucket.tryTake(1)).toBe(false);
    now = 100;
    expect(bucket.tryTake(1)).toBe(true);
    expect(bucket.tryTake(1)).toBe(false);
    now = 1e6;
    expect(bucket.tryTake(20)).toBe(true);
    expect(bucket.tryTake(1)).toBe(false);
  });

  it("says how long what was taken too early must wait", () => {
    let now = 0;
    const bucket = createBucket({ perSecond: 1000, most: 1000, now: () => now });
    expect(bucket.take(1000)).toBe(0);
    expect(bucket.take(500)).toBe(500);
    expect(bucket.take(500)).toBe(1000);
    now = 1000;
    expect(bucket.take(0)).toBe(0);
    expect(bucket.take(1)).toBe(1);
  });
});

describe("a session's meter", () => {
  const create = (limits: Partial<typeof defaultEgressLimits>, now = () => 0) =>
    new EgressMeter({ ...defaultEgressLimits, ...limits }, now);

  it("has room for so many connections at once", () => {
    const meter = create({ connections: 2 });
    expect([meter.enter(), meter.enter(), meter.enter()]).toEqual([null, null, "too many connections"]);
    meter.leave();
    expect([meter.enter(), meter.enter()]).toEqual([null, "too many connections"]);
    expect(meter.counts.connections).toBe(3);
  });

  it("lets so many new ones in, and more with time", () => {
    let now = 0;
    const meter = create({ connectionsPerSecond: 2 }, () => now);
    expect(Array.from({ length: 5 }, () => meter.enter())).toEqual([
      null,
      null,
      null,
      null,
      "too many new connections",
    ]);
    now = 500;
    expect([meter.enter(), meter.enter()]).toEqual([null, "too many new connections"]);
  });

  it("counts bytes by their way, and lets none through beyond the session's share", () => {
    const meter = create({ bytes: 10 });
    let spent = 0;
    const came: string[] = [];
    const up = meter.pass("up", () => (spent += 1));
    const down = meter.pass("down", () => (spent += 1));
    for (const stream of [up, down]) stream.on("data", (chunk: Buffer) => came.push(chunk.toString()));
    up.resume();
    down.resume();
    up.write("1234");
    down.write("123456");
    expect({ spent, ...meter.counts }).toEqual({ spent: 0, connections: 0, bytesUp: 4, bytesDown: 6 });
    up.write("x");
    down.write("y");
    expect(spent).toBe(2);
    expect(came).toEqual(["1234", "123456"]);
    expect(meter.enter()).toBe("too many bytes");
  });
});
