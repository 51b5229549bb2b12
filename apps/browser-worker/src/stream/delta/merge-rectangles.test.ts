import fc from "fast-check";
import { expect, it } from "vitest";
import { tileSide } from "./dirty-tiles.ts";
import { mergeRectangles } from "./merge-rectangles.ts";

const grids = fc
  .record({
    columns: fc.integer({ min: 1, max: 40 }),
    rows: fc.integer({ min: 1, max: 70 }),
    density: fc.integer({ min: 1, max: 100 }),
  })
  .chain(({ columns, rows, density }) =>
    fc.record({
      columns: fc.constant(columns),
      rows: fc.constant(rows),
      cut: fc.integer({ min: 0, max: tileSide - 1 }),
      marks: fc.array(
        fc.integer({ min: 0, max: 99 }).map((value) => (value < density ? 1 : 0)),
        {
          minLength: columns * rows,
          maxLength: columns * rows,
        },
      ),
    }),
  );

it("covers every dirty tile once, with few rectangles inside the picture", { timeout: 60_000 }, () => {
  fc.assert(
    fc.property(grids, ({ columns, rows, cut, marks }) => {
      const size = { width: columns * tileSide - cut, height: rows * tileSide - cut };
      const count = marks.filter((mark) => mark === 1).length;
      const areas = mergeRectangles(
        { columns, rows, marks: Uint8Array.from(marks), count, top: 0, bottom: size.height },
        size,
      );
      expect(areas.length).toBeLessThanOrEqual(Math.min(count, 64));
      const covered = new Uint8Array(columns * rows);
      for (const { x, y, width, height } of areas) {
        expect(x + width <= size.width && y + height <= size.height).toBe(true);
        for (let row = y / tileSide; row * tileSide < y + height; row += 1)
          for (let column = x / tileSide; column * tileSide < x + width; column += 1)
            covered[row * columns + column]! += 1;
      }
      expect(covered.every((times, index) => times <= 1 && times >= marks[index]!)).toBe(true);
    }),
  );
});

it("keeps apart what is far apart, and joins what is close", () => {
  const tiles = (...dirty: number[]) => {
    const marks = new Uint8Array(40 * 20);
    for (const index of dirty) marks[index] = 1;
    return { columns: 40, rows: 20, marks, count: dirty.length, top: 0, bottom: 640 };
  };
  const size = { width: 1280, height: 640 };
  expect(mergeRectangles(tiles(0, 799), size)).toEqual([
    { x: 0, y: 0, width: 32, height: 32 },
    { x: 1248, y: 608, width: 32, height: 32 },
  ]);
  expect(mergeRectangles(tiles(0, 2, 41), size)).toEqual([{ x: 0, y: 0, width: 96, height: 64 }]);
});
