import { expect, it } from "vitest";
import { nextOption } from "./next-option.ts";

const options = ["Austria", "Belgium", "Brazil", "Bulgaria", "Chile"].map((label) => ({
  label,
  disabled: label === "Brazil",
}));
const press = (key: string, active: number, typed = { text: "", at: 0 }, timeStamp = 10_000) =>
  nextOption(options, { active, typed }, { key, timeStamp, ctrlKey: false, metaKey: false, altKey: false });

it.each([
  ["ArrowDown", 1, 3],
  ["ArrowDown", 4, 4],
  ["ArrowUp", 3, 1],
  ["ArrowUp", 0, 0],
  ["Home", 3, 0],
  ["End", 0, 4],
  ["b", 0, 1],
  ["b", 1, 3],
  ["b", 3, 1],
])("%s at %i leads to %i", (key, active, to) => {
  expect(press(key, active)?.active).toBe(to);
});

it("letters in quick succession make a word, later ones a new one", () => {
  expect(press("u", 1, { text: "b", at: 9_900 })).toEqual({ active: 3, typed: { text: "bu", at: 10_000 } });
  expect(press("c", 1, { text: "b", at: 9_000 })?.active).toBe(4);
});

it.each(["Enter", "Tab", "Escape", " "])("%s is left alone", (key) => {
  expect(press(key, 1)).toBeNull();
});
