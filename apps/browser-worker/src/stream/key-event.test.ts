import { describe, expect, it } from "vitest";
import { toKeyEvent } from "./key-event.ts";

const press = (key: string, code: string, modifiers = 0, location = 0) =>
  toKeyEvent({ type: "key", action: "down", key, code, location, repeat: false, modifiers });
const [alt, control, meta, shift] = [1, 2, 4, 8];

describe("a key of the viewer", () => {
  it.each([
    ["a", "KeyA", 0, 65, "a"],
    ["A", "KeyA", shift, 65, "A"],
    ["q", "KeyA", 0, 81, "q"],
    ["5", "Digit5", 0, 53, "5"],
    ["%", "Digit5", shift, 53, "%"],
    [" ", "Space", 0, 32, " "],
    [";", "Semicolon", 0, 186, ";"],
    ["é", "Digit2", 0, 50, "é"],
    ["Enter", "Enter", 0, 13, "\r"],
  ])("%s (%s, modifiers %d) types", (key, code, modifiers, keyCode, text) => {
    expect(press(key, code, modifiers)).toMatchObject({
      type: "keyDown",
      key,
      code,
      windowsVirtualKeyCode: keyCode,
      modifiers,
      text,
    });
  });

  it.each([
    ["Backspace", "Backspace", 0, 8],
    ["Tab", "Tab", shift, 9],
    ["ArrowLeft", "ArrowLeft", control | shift, 37],
    ["Delete", "Delete", 0, 46],
    ["Escape", "Escape", 0, 27],
    ["F5", "F5", 0, 116],
    ["a", "KeyA", control, 65],
    ["c", "KeyC", control, 67],
    ["f", "KeyF", alt, 70],
  ])("%s (%s, modifiers %d) acts without text", (key, code, modifiers, keyCode) => {
    const event = press(key, code, modifiers);
    expect(event).toMatchObject({ type: "rawKeyDown", key, windowsVirtualKeyCode: keyCode, modifiers });
    expect(event).not.toHaveProperty("text");
  });

  it("of a Mac's Command acts as Control", () => {
    expect(press("a", "KeyA", meta)).toMatchObject({ type: "rawKeyDown", modifiers: control });
    expect(press("Meta", "MetaLeft", meta)).toMatchObject({
      key: "Control",
      code: "ControlLeft",
      windowsVirtualKeyCode: 17,
    });
  });

  it("with AltGr or Option types its character, not a shortcut", () => {
    expect(press("@", "KeyQ", alt | control)).toMatchObject({ type: "keyDown", text: "@", modifiers: 0 });
    expect(press("∂", "KeyD", alt)).toMatchObject({ type: "keyDown", text: "∂", modifiers: 0 });
  });

  it("of the number pad is known by its place", () => {
    expect(press("7", "Numpad7", 0, 3)).toMatchObject({ windowsVirtualKeyCode: 103, isKeypad: true, text: "7" });
    expect(press("Enter", "NumpadEnter", 0, 3)).toMatchObject({ windowsVirtualKeyCode: 13, text: "\r" });
  });

  it("that leaves the text to the input method, or pastes, is not passed on", () => {
    for (const key of ["Dead", "Process", "Unidentified", ""]) expect(press(key, "KeyE")).toBeNull();
    expect(press("v", "KeyV", control)).toBeNull();
    expect(press("v", "KeyV", meta)).toBeNull();
  });

  it("that goes up carries no text", () => {
    const up = toKeyEvent({
      type: "key",
      action: "up",
      key: "a",
      code: "KeyA",
      location: 0,
      repeat: false,
      modifiers: 0,
    });
    expect(up).toMatchObject({ type: "keyUp", key: "a", windowsVirtualKeyCode: 65 });
    expect(up).not.toHaveProperty("text");
  });
});
