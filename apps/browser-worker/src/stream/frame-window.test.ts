import { expect, it } from "vitest";
import { FrameWindow } from "./frame-window.ts";

it("a viewer's acknowledgement covers its packet and all before it, once", () => {
  const window = new FrameWindow(() => 0);
  const drawn: string[] = [];
  for (const name of ["a", "b", "c"]) window.add(1, () => drawn.push(name));
  window.acknowledge(2);
  expect(drawn).toEqual(["a", "b"]);
  window.acknowledge(2);
  window.acknowledge(99);
  expect(drawn).toEqual(["a", "b"]);
  expect(window.inFlight).toBe(1);
});

it("is full with two", () => {
  const window = new FrameWindow(() => 0);
  window.add(1, () => {});
  expect(window.isFull).toBe(false);
  window.add(1, () => {});
  expect(window.isFull).toBe(true);
  window.acknowledge(1);
  expect(window.isFull).toBe(false);
});

it("numbers run on for another viewer, and what was sent before is not acknowledged any more", () => {
  const window = new FrameWindow(() => 0);
  const drawn: number[] = [];
  window.add(1, () => drawn.push(1));
  window.clear();
  expect(window.nextSeq).toBe(2);
  window.add(1, () => drawn.push(2));
  window.acknowledge(1);
  expect(drawn).toEqual([]);
  window.acknowledge(2);
  expect(drawn).toEqual([2]);
});

it("tells how long a packet took, from when the way was free for it", () => {
  let time = 100;
  const window = new FrameWindow(() => time);
  window.add(5_000, () => {});
  time = 110;
  window.add(7_000, () => {});
  time = 130;
  expect(window.acknowledge(1)).toEqual({ bytes: 5_000, tookMs: 30, alone: true });
  time = 145;
  expect(window.acknowledge(2)).toEqual({ bytes: 7_000, tookMs: 15, alone: false });
});
