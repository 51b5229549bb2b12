import type { ViewerMessage } from "@attestream/shared/viewer-protocol";

type KeyMessage = Extract<ViewerMessage, { type: "key" }>;

/** Parameters of CDP's Input.dispatchKeyEvent. */
export interface KeyEvent {
  type: "keyDown" | "rawKeyDown" | "keyUp";
  key: string;
  code: string;
  windowsVirtualKeyCode: number;
  modifiers: number;
  location: number;
  isKeypad: boolean;
  autoRepeat: boolean;
  text?: string;
  unmodifiedText?: string;
}

const alt = 1;
const control = 2;
const meta = 4;
const keypad = 3;

const namedKeyCodes: Record<string, number> = {
  Backspace: 8,
  Tab: 9,
  Enter: 13,
  Shift: 16,
  Control: 17,
  Alt: 18,
  Pause: 19,
  CapsLock: 20,
  Escape: 27,
  PageUp: 33,
  PageDown: 34,
  End: 35,
  Home: 36,
  ArrowLeft: 37,
  ArrowUp: 38,
  ArrowRight: 39,
  ArrowDown: 40,
  Insert: 45,
  Delete: 46,
  Meta: 91,
  ContextMenu: 93,
  NumLock: 144,
  ScrollLock: 145,
  AltGraph: 225,
};

const punctuationKeyCodes: Record<string, number> = {
  Space: 32,
  Semicolon: 186,
  Equal: 187,
  Comma: 188,
  Minus: 189,
  Period: 190,
  Slash: 191,
  Backquote: 192,
  BracketLeft: 219,
  Backslash: 220,
  BracketRight: 221,
  Quote: 222,
  IntlBackslash: 226,
  NumpadMultiply: 106,
  NumpadAdd: 107,
  NumpadSubtract: 109,
  NumpadDecimal: 110,
  NumpadDivide: 111,
};

/** Keys that say nothing of what to do: the text comes by itself, from the input method. */
const silentKeys = new Set(["Dead", "Process", "Unidentified", "Compose"]);

/**
 * The viewer's KeyboardEvent as the page's browser should see it. Null: not to be passed on. The remote
 * browser is a Linux one, so a Mac's Command becomes Control; its own clipboard is empty, so the paste
 * shortcut is left to the viewer's paste event.
 */
export function toKeyEvent(message: KeyMessage): KeyEvent | null {
  const { key, code, location, repeat } = message;
  if (silentKeys.has(key) || key === "") return null;
  const hasAltGraph = (message.modifiers & (alt | control)) === (alt | control) || key === "AltGraph";
  let modifiers = message.modifiers;
  if (modifiers & meta) modifiers = (modifiers & ~meta) | control;
  const isCharacter = [...key].length === 1;
  const text = textOf(key, isCharacter, modifiers, hasAltGraph);
  // AltGr types a character: passed on as Ctrl+Alt it would be a shortcut.
  if (text !== undefined) modifiers &= ~(alt | control);
  else if (modifiers & control && key.toLowerCase() === "v") return null;
  const name = key === "Meta" ? "Control" : key;
  const event = {
    key: name,
    code: key === "Meta" ? "ControlLeft" : code,
    windowsVirtualKeyCode: keyCodeOf(name, code, isCharacter),
    modifiers,
    location,
    isKeypad: location === keypad,
  };
  if (message.action === "up") return { type: "keyUp", ...event, autoRepeat: false };
  if (text === undefined) return { type: "rawKeyDown", ...event, autoRepeat: repeat };
  return { type: "keyDown", ...event, autoRepeat: repeat, text, unmodifiedText: text };
}

function textOf(key: string, isCharacter: boolean, modifiers: number, hasAltGraph: boolean): string | undefined {
  if (key === "Enter") return modifiers & (alt | control) ? undefined : "\r";
  if (!isCharacter) return undefined;
  if (hasAltGraph) return key;
  if (modifiers & control) return undefined;
  // Option on a Mac types characters beyond ASCII; Alt elsewhere makes shortcuts.
  if (modifiers & alt) return key.charCodeAt(0) > 127 ? key : undefined;
  return key;
}

function keyCodeOf(key: string, code: string, isCharacter: boolean): number {
  const named = namedKeyCodes[key];
  if (named !== undefined) return named;
  const functionKey = /^F([1-9]|1\d|2[0-4])$/.exec(key);
  if (functionKey) return 111 + Number(functionKey[1]);
  // A letter's code follows what it types, not where it sits: A on a French keyboard is A.
  if (isCharacter && /^[a-z]$/i.test(key)) return key.toUpperCase().charCodeAt(0);
  const placed =
    punctuationKeyCodes[code] ??
    numbered(code, /^Digit(\d)$/, 48) ??
    numbered(code, /^Numpad(\d)$/, 96) ??
    lettered(code);
  return placed ?? (isCharacter && /^[0-9 ]$/.test(key) ? key.charCodeAt(0) : 0);
}

function numbered(code: string, pattern: RegExp, base: number): number | undefined {
  const match = pattern.exec(code);
  return match ? base + Number(match[1]) : undefined;
}

function lettered(code: string): number | undefined {
  return /^Key([A-Z])$/.exec(code)?.[1]?.charCodeAt(0);
}
