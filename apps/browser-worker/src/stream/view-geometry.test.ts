import { expect, it } from "vitest";
import { toPacketRectangle, toPagePoint } from "./view-geometry.ts";

const plain = {
  packetWidth: 1280,
  packetHeight: 720,
  deviceWidth: 1280,
  deviceHeight: 720,
  pageScaleFactor: 1,
  offsetTop: 0,
};

it("packet pixels are page pixels where nothing is scaled", () => {
  expect(toPagePoint(plain, { x: 10, y: 20 })).toEqual({ x: 10, y: 20 });
});

it("a point outside the picture is kept inside the page", () => {
  expect(toPagePoint(plain, { x: -5, y: 9_000 })).toEqual({ x: 0, y: 719 });
});

it("a mobile layout's scale and a bar above the page are taken off, and put on again on the way back", () => {
  const mobile = {
    packetWidth: 780,
    packetHeight: 1400,
    deviceWidth: 390,
    deviceHeight: 700,
    pageScaleFactor: 0.5,
    offsetTop: 10,
  };
  const point = toPagePoint(mobile, { x: 200, y: 220 });
  expect(point).toEqual({ x: 200, y: 200 });
  expect(toPacketRectangle(mobile, { ...point, width: 10, height: 10 })).toEqual({
    x: 200,
    y: 220,
    width: 10,
    height: 10,
  });
});
