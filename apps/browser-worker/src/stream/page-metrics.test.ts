import { expect, it } from "vitest";
import { pageSizeFor } from "./page-metrics.ts";

it("is as fine as the viewer's screen while the picture stays small", () => {
  expect(pageSizeFor({ width: 390, height: 700, ratio: 2 })).toEqual({ width: 390, height: 700, scale: 2 });
  expect(pageSizeFor({ width: 858, height: 500, ratio: 1.5 })).toEqual({ width: 858, height: 500, scale: 1.5 });
  expect(pageSizeFor({ width: 390, height: 700, ratio: 3 }).scale).toBe(2);
});

it("is less fine where there are many pixels, and never coarser than the page", () => {
  expect(pageSizeFor({ width: 1280, height: 720, ratio: 2 }).scale).toBe(1.25);
  expect(pageSizeFor({ width: 1920, height: 1080, ratio: 2 }).scale).toBe(1);
  expect(pageSizeFor({ width: 1280, height: 720, ratio: 0.5 }).scale).toBe(1);
  expect(pageSizeFor({ width: 1280, height: 720 }).scale).toBe(1);
});

it("is bounded", () => {
  expect(pageSizeFor({ width: 200, height: 4096, ratio: 1 })).toEqual({ width: 320, height: 1440, scale: 1 });
});
