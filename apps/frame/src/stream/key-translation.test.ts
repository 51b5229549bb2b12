import { describe, expect, it } from "vitest";
import { translateKey, type KeyPress } from "./key-translation.ts";

const none = {
  code: "",
  location: 0,
  repeat: false,
  altKey: false,
  ctrlKey: false,
  metaKey: false,
  shiftKey: false,
  altGraph: false,
  isComposing: false,
};
const pressed = (key: string, more: Partial<KeyPress> = {}): KeyPress => ({ ...none, key, ...more });

function sent(event: KeyPress, mac = false): { key: string; code: string; modifiers: number } | string {
  const decision = translateKey(event, "down", mac);
  return decision.do === "send"
    ? { key: decision.message.key, code: decision.message.code, modifiers: decision.message.modifiers }
    : decision.do;
}

describe("keys", () => {
  it("go to the page as they are, with their modifiers", () => {
    expect(sent(pressed("A", { code: "KeyA", shiftKey: true }))).toEqual({ key: "A", code: "KeyA", modifiers: 8 });
    expect(sent(pressed("Tab", { code: "Tab" }))).toEqual({ key: "Tab", code: "Tab", modifiers: 0 });
    expect(sent(pressed("a", { code: "KeyA", ctrlKey: true }))).toEqual({ key: "a", code: "KeyA", modifiers: 2 });
  });

  it.each(["r", "t", "w", "l", "v", "+"])("Ctrl+%s stays with the viewer's browser", (key) => {
    expect(sent(pressed(key, { ctrlKey: true }))).toBe("leave");
  });

  it.each(["F5", "F11", "F12"])("%s stays with the viewer's browser", (key) => {
    expect(sent(pressed(key))).toBe("leave");
  });

  it.each(["Process", "Dead", "Unidentified"])("%s is left to the input method", (key) => {
    expect(sent(pressed(key))).toBe("compose");
  });

  it("during composition are left to the input method", () => {
    expect(sent(pressed("k", { isComposing: true }))).toBe("compose");
  });

  it("made with AltGr are plain text to the page", () => {
    expect(sent(pressed("@", { code: "KeyQ", ctrlKey: true, altKey: true, altGraph: true }))).toEqual({
      key: "@",
      code: "KeyQ",
      modifiers: 0,
    });
  });

  it("on a Mac edit and jump with Command as the page expects it", () => {
    expect(sent(pressed("a", { code: "KeyA", metaKey: true }), true)).toEqual({ key: "a", code: "KeyA", modifiers: 2 });
    expect(sent(pressed("ArrowLeft", { code: "ArrowLeft", metaKey: true }), true)).toEqual({
      key: "Home",
      code: "Home",
      modifiers: 0,
    });
    expect(sent(pressed("ArrowRight", { code: "ArrowRight", altKey: true }), true)).toEqual({
      key: "ArrowRight",
      code: "ArrowRight",
      modifiers: 2,
    });
    expect(sent(pressed("€", { code: "KeyE", altKey: true }), true)).toEqual({ key: "€", code: "KeyE", modifiers: 0 });
    expect(sent(pressed("q", { metaKey: true }), true)).toBe("leave");
  });
});
