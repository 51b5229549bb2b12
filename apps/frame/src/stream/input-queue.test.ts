import { describe, expect, it } from "vitest";
import type { ViewerMessage } from "@attestream/shared/viewer-protocol";
import { createInputQueue } from "./input-queue.ts";

function setUp() {
  const sent: ViewerMessage[] = [];
  const frames: (() => void)[] = [];
  const queue = createInputQueue(
    (message) => sent.push(message),
    (callback) => frames.push(callback),
  );
  return { sent, queue, frame: () => frames.splice(0).forEach((run) => run()) };
}

const move = (x: number): Extract<ViewerMessage, { type: "pointer" }> => ({
  type: "pointer",
  action: "move",
  x,
  y: 0,
  button: "none",
  buttons: 0,
  clickCount: 0,
  modifiers: 0,
});
const down = (x: number) => ({
  ...move(x),
  action: "down" as const,
  button: "left" as const,
  buttons: 1,
  clickCount: 1,
});
const wheel = (deltaY: number, modifiers = 0) => ({ type: "wheel" as const, x: 0, y: 0, deltaX: 0, deltaY, modifiers });

describe("the input queue", () => {
  it("sends the last of an animation frame's moves", () => {
    const { sent, queue, frame } = setUp();
    [1, 2, 3].forEach((x) => queue.move(move(x)));
    expect(sent).toEqual([]);
    frame();
    expect(sent).toEqual([move(3)]);
    frame();
    expect(sent).toHaveLength(1);
  });

  it("adds up wheel steps", () => {
    const { sent, queue, frame } = setUp();
    queue.wheel(wheel(40));
    queue.wheel(wheel(-10));
    frame();
    expect(sent).toEqual([wheel(30)]);
  });

  it("sends clicks and keys at once, after the move that led there", () => {
    const { sent, queue, frame } = setUp();
    queue.move(move(7));
    queue.now(down(7));
    queue.now(down(8));
    expect(sent).toEqual([move(7), down(7), down(8)]);
    frame();
    expect(sent).toHaveLength(3);
  });
});
