import { expect, it } from "vitest";
import { FrameWindow } from "./frame-window.ts";

it("a viewer's acknowledgement covers its packet and all before it, once", () => {
  const window = new FrameWindow();
  const acknowledged: string[] = [];
  for (const name of ["a", "b", "c"]) window.add(() => acknowledged.push(name));
  window.acknowledge(2);
  expect(acknowledged).toEqual(["a", "b"]);
  window.acknowledge(2);
  window.acknowledge(99);
  expect(acknowledged).toEqual(["a", "b"]);
  expect(window.inFlight).toBe(1);
});

it("numbers run on after a restart, and what was sent before is not acknowledged any more", () => {
  const window = new FrameWindow();
  const acknowledged: number[] = [];
  window.add(() => acknowledged.push(1));
  window.clear();
  expect(window.add(() => acknowledged.push(2))).toBe(2);
  window.acknowledge(1);
  expect(acknowledged).toEqual([]);
  window.acknowledge(2);
  expect(acknowledged).toEqual([2]);
});
