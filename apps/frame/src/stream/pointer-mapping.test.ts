import { describe, expect, it } from "vitest";
import { toElement, toPicture } from "./pointer-mapping.ts";

describe("pointer positions", () => {
  it("are the same where element and picture have one size", () => {
    expect(toPicture({ x: 12.5, y: 30 }, { width: 800, height: 600 }, { width: 800, height: 600 })).toEqual({
      x: 12.5,
      y: 30,
    });
  });

  it("are scaled to the picture, whatever the device pixel ratio made of it", () => {
    expect(toPicture({ x: 100, y: 50 }, { width: 400, height: 300 }, { width: 800, height: 600 })).toEqual({
      x: 200,
      y: 100,
    });
  });

  it("leave out the bars at both sides of a narrow picture", () => {
    const element = { width: 1000, height: 500 };
    const picture = { width: 500, height: 500 };
    expect(toPicture({ x: 250, y: 0 }, element, picture)).toEqual({ x: 0, y: 0 });
    expect(toPicture({ x: 500, y: 250 }, element, picture)).toEqual({ x: 250, y: 250 });
  });

  it("leave out the bar below a flat picture", () => {
    expect(toPicture({ x: 200, y: 100 }, { width: 400, height: 800 }, { width: 800, height: 400 })).toEqual({
      x: 400,
      y: 200,
    });
  });

  it("stay within the picture when the pointer is on a bar or beyond the element", () => {
    const element = { width: 1000, height: 500 };
    const picture = { width: 500, height: 500 };
    expect(toPicture({ x: 10, y: -20 }, element, picture)).toEqual({ x: 0, y: 0 });
    expect(toPicture({ x: 5000, y: 5000 }, element, picture)).toEqual({ x: 499, y: 499 });
  });

  it("go back to where they came from", () => {
    const element = { width: 390, height: 700 };
    const picture = { width: 780, height: 1000 };
    expect(toElement(toPicture({ x: 120, y: 90 }, element, picture), element, picture)).toEqual({ x: 120, y: 90 });
  });

  it("are defined even before there is a picture", () => {
    expect(toPicture({ x: 5, y: 5 }, { width: 0, height: 0 }, { width: 0, height: 0 })).toEqual({ x: 0, y: 0 });
  });
});
