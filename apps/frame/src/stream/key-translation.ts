import type { ViewerMessage } from "@attestream/shared/viewer-protocol";

/** What is read of a KeyboardEvent. */
export interface KeyPress {
  key: string;
  code: string;
  location: number;
  repeat: boolean;
  altKey: boolean;
  ctrlKey: boolean;
  metaKey: boolean;
  shiftKey: boolean;
  altGraph: boolean;
  isComposing: boolean;
}

export type KeyMessage = Extract<ViewerMessage, { type: "key" }>;

export type KeyDecision =
  /** Send this to the page; the viewer's browser must not act on it. */
  | { do: "send"; message: KeyMessage }
  /** Belongs to the viewer's browser: reload, tabs, zoom, paste. */
  | { do: "leave" }
  /** An input method or a phone keyboard is at work: its text comes by the input event. */
  | { do: "compose" };

const modifierBits = { alt: 1, ctrl: 2, meta: 4, shift: 8 } as const;

export function modifiersOf(event: Pick<KeyPress, "altKey" | "ctrlKey" | "metaKey" | "shiftKey">): number {
  return (
    (event.altKey ? modifierBits.alt : 0) |
    (event.ctrlKey ? modifierBits.ctrl : 0) |
    (event.metaKey ? modifierBits.meta : 0) |
    (event.shiftKey ? modifierBits.shift : 0)
  );
}

/** Keys with Ctrl (or Command) that stay with the viewer's browser. `v` because its paste event brings the text. */
const browserShortcuts = new Set(["r", "t", "w", "n", "l", "d", "p", "f", "j", "h", "v", "+", "-", "=", "0"]);
/** With Command on a Mac, where the page thinks in Ctrl. */
const macEdits = new Set(["a", "c", "x", "z", "y"]);
const macJumps: Record<string, string> = { ArrowLeft: "Home", ArrowRight: "End", ArrowUp: "Home", ArrowDown: "End" };

export function translateKey(event: KeyPress, action: "down" | "up", mac: boolean): KeyDecision {
  const { key } = event;
  if (event.isComposing || key === "Process" || key === "Dead" || key === "Unidentified" || key === "")
    return { do: "compose" };
  const command = mac ? event.metaKey : event.ctrlKey;
  if (/^F\d+$/.test(key) || (event.altKey && !mac && /^Arrow(Left|Right)$|^Tab$|^F4$/.test(key)))
    return { do: "leave" };
  if (
    command &&
    (browserShortcuts.has(key.toLowerCase()) || key === "Tab" || (event.shiftKey && /^[ijck]$/i.test(key)))
  )
    return { do: "leave" };
  if (key === "Meta" || (key === "Insert" && event.shiftKey) || key.length > 32 || event.code.length > 32)
    return { do: "leave" };
  let sent = key;
  let modifiers = modifiersOf(event);
  if (mac && event.metaKey) {
    const jump = macJumps[key];
    if (jump) {
      sent = jump;
      modifiers &= ~modifierBits.meta;
      if (key === "ArrowUp" || key === "ArrowDown") modifiers |= modifierBits.ctrl;
    } else if (macEdits.has(key.toLowerCase())) {
      modifiers = (modifiers & ~modifierBits.meta) | modifierBits.ctrl;
    } else {
      return { do: "leave" };
    }
  } else if (mac && event.altKey && /^Arrow|^Backspace$|^Delete$/.test(key)) {
    modifiers = (modifiers & ~modifierBits.alt) | modifierBits.ctrl;
  } else if (isTyped(event, mac)) {
    // AltGr (seen as Ctrl+Alt) and Option make characters: to the page they are plain text.
    modifiers &= modifierBits.shift;
  }
  return {
    do: "send",
    message: {
      type: "key",
      action,
      key: sent,
      code: sent === key ? event.code : sent,
      location: event.location,
      repeat: event.repeat,
      modifiers,
    },
  };
}

function isTyped(event: KeyPress, mac: boolean): boolean {
  if ([...event.key].length !== 1) return false;
  return event.altGraph || (mac && event.altKey && !event.ctrlKey && !event.metaKey);
}
