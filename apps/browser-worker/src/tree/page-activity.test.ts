import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { PageActivity } from "./page-activity.ts";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const times = { quietMs: 300, patienceMs: 5_000, deedPatienceMs: 30_000, pollingMs: 10_000 };

describe("a page's activity", () => {
  it("settles after a quiet time, and that is a change of its own", () => {
    const activity = new PageActivity(Date.now, times);
    vi.advanceTimersByTime(299);
    expect(activity.settled).toBe(false);
    const { revision } = activity;
    vi.advanceTimersByTime(1);
    expect(activity.settled).toBe(true);
    expect(activity.revision).toBeGreaterThan(revision);
  });

  it("waits for what is in flight, but not for a long poll", () => {
    const activity = new PageActivity(Date.now, times);
    const request = {};
    activity.began(request, "reading");
    vi.advanceTimersByTime(4_000);
    expect(activity.settled).toBe(false);
    activity.ended(request);
    vi.advanceTimersByTime(300);
    expect(activity.settled).toBe(true);
    activity.began({}, "reading");
    vi.advanceTimersByTime(5_000);
    expect(activity.settled).toBe(true);
  });

  it("waits longer for a form that was sent", () => {
    const activity = new PageActivity(Date.now, times);
    const request = {};
    activity.began(request, "deed");
    vi.advanceTimersByTime(29_000);
    expect(activity.settled).toBe(false);
    activity.ended(request);
    vi.advanceTimersByTime(300);
    expect(activity.settled).toBe(true);
  });

  it("comes to rest although the page polls, and wakes again for a deed", () => {
    const activity = new PageActivity(Date.now, times);
    for (let passed = 0; passed < 12_000; passed += 200) {
      const request = {};
      activity.began(request, "reading");
      vi.advanceTimersByTime(100);
      activity.ended(request);
      vi.advanceTimersByTime(100);
    }
    expect(activity.settled).toBe(true);
    activity.began({}, "deed");
    expect(activity.settled).toBe(false);
  });

  it("does not wait for an animation, and stays settled while it runs", () => {
    const activity = new PageActivity(Date.now, times);
    for (let passed = 0; passed < 5_100; passed += 100) {
      activity.noticed();
      vi.advanceTimersByTime(100);
    }
    expect(activity.settled).toBe(true);
    activity.noticed();
    expect(activity.settled).toBe(true);
    activity.navigated();
    expect(activity.settled).toBe(false);
  });

  it("wakes a waiter with the next change, or rejects it with the signal's reason", async () => {
    const activity = new PageActivity(Date.now, times);
    const over = new AbortController();
    const woken = activity.changed(activity.revision, over.signal);
    activity.noticed();
    await woken;
    const waiting = activity.changed(activity.revision, over.signal);
    over.abort(new Error("over"));
    await expect(waiting).rejects.toThrow("over");
  });

  it("leaves no timer behind", () => {
    const activity = new PageActivity(Date.now, times);
    activity.began({}, "deed");
    activity.dispose();
    expect(vi.getTimerCount()).toBe(0);
  });
});
