import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { MotionPace } from "./motion-pace.ts";

describe("the pace of motion", () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  function createPace() {
    const onFree = vi.fn<() => void>();
    const pace = new MotionPace({ now: () => performance.now(), onFree });
    vi.advanceTimersByTime(1_000);
    return { pace, onFree };
  }

  it("holds the picture after one of mere motion until a thirtieth of a second has gone by", () => {
    const { pace, onFree } = createPace();
    const at = performance.now();
    vi.advanceTimersByTime(10);
    pace.notePicture(at, true);
    expect(pace.holds).toBe(true);
    vi.advanceTimersByTime(22);
    expect(onFree).not.toHaveBeenCalled();
    vi.advanceTimersByTime(1);
    expect(onFree).toHaveBeenCalledOnce();
    expect(pace.holds).toBe(false);
  });

  it("holds nothing after any other picture, or one that took that long by itself", () => {
    const { pace } = createPace();
    pace.notePicture(performance.now(), false);
    expect(pace.holds).toBe(false);
    pace.notePicture(performance.now() - 40, true);
    expect(pace.holds).toBe(false);
    expect(vi.getTimerCount()).toBe(0);
  });

  it("lets go at once when the user does something, and holds nothing while the answer may come", () => {
    const { pace, onFree } = createPace();
    pace.notePicture(performance.now(), true);
    pace.noteInput();
    expect(onFree).toHaveBeenCalledOnce();
    vi.advanceTimersByTime(149);
    pace.notePicture(performance.now(), true);
    expect(pace.holds).toBe(false);
    vi.advanceTimersByTime(1);
    pace.notePicture(performance.now(), true);
    expect(pace.holds).toBe(true);
  });

  it("holds again once the answer has come, which no picture is that was taken up before", () => {
    const { pace } = createPace();
    const before = performance.now();
    vi.advanceTimersByTime(5);
    pace.noteInput();
    pace.notePicture(before, false);
    pace.notePicture(performance.now(), true);
    expect(pace.holds).toBe(false);
    vi.advanceTimersByTime(5);
    pace.notePicture(performance.now(), false);
    pace.notePicture(performance.now(), true);
    expect(pace.holds).toBe(true);
  });
});
