import { describe, expect, it } from "vitest";
import { createTouchPoints } from "./touch-points.ts";

describe("touch points", () => {
  it("always tell every finger that is still down", () => {
    const touch = createTouchPoints();
    expect(touch("start", 1, { x: 1, y: 1 }, 0).points).toEqual([{ id: 1, x: 1, y: 1 }]);
    touch("start", 2, { x: 5, y: 5 }, 0);
    expect(touch("move", 2, { x: 6, y: 5 }, 0).points).toEqual([
      { id: 1, x: 1, y: 1 },
      { id: 2, x: 6, y: 5 },
    ]);
    expect(touch("end", 1, { x: 1, y: 1 }, 0).points).toEqual([{ id: 2, x: 6, y: 5 }]);
    expect(touch("cancel", 2, { x: 6, y: 5 }, 0).points).toEqual([]);
  });
});
