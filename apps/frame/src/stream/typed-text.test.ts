import { describe, expect, it } from "vitest";
import { filledText, typedChange } from "./typed-text.ts";

describe("text that was typed", () => {
  it.each([
    ["  ", "  a", 0, "a"],
    ["  hel", "  hello ", 0, "lo "],
    ["  ", " ", 1, ""],
    ["  teh", "  the", 2, "he"],
    ["  か", "  漢字", 1, "漢字"],
    ["  ", "  👍🏽", 0, "👍🏽"],
    ["  👍", "  ", 1, ""],
    ["  same", "  same", 0, ""],
  ])("from %j to %j is %i deletions and %j", (before, after, backspaces, text) => {
    expect(typedChange(before, after)).toEqual({ backspaces, text });
  });
});

describe("text that took the place of everything", () => {
  it.each([
    ["123456", "123456"],
    ["jane@example.test", "jane@example.test"],
    ["  a", null],
    [" ", null],
    ["", null],
  ])("%j is %j", (after, filled) => {
    expect(filledText("  ", after)).toBe(filled);
  });
});
