import type { InputQueue } from "./input-queue.ts";
import { modifiersOf, translateKey } from "./key-translation.ts";
import { filledText, typedChange } from "./typed-text.ts";

export interface RemoteKeyboardOptions {
  /** The field that has the focus while keys go to the page; its own content is scratch. */
  target: HTMLInputElement;
  queue: InputQueue;
  enabled: () => boolean;
  mac: boolean;
  /** Phone keyboards compose nearly everything: send what they write as they write it. */
  touch: () => boolean;
  now: () => number;
  /** The user wants the keyboard back: Escape twice. */
  onLeave(): void;
}

/** Something to delete: without it a phone's backspace tells nothing. Never sent. Other than spaces a password manager might want to keep. */
const scratch = "        ";
const leaveWithinMs = 700;
const longestText = 10_000;
const longestComposition = 1_000;

/** Keys, input methods, phone keyboards and paste, as viewer messages. Ends with `signal`. */
export function listenToKeyboard(options: RemoteKeyboardOptions, signal: AbortSignal): void {
  const { target, queue, enabled } = options;
  let before = scratch;
  let composing = false;
  /** The page shows what is being composed. */
  let shown = false;
  let escapedAt = Number.NEGATIVE_INFINITY;
  const held = new Map<string, { key: string; location: number }>();

  function reset(): void {
    before = scratch;
    target.value = scratch;
    target.setSelectionRange(scratch.length, scratch.length);
  }

  function press(name: string): void {
    const message = { type: "key", key: name, code: name, location: 0, repeat: false, modifiers: 0 } as const;
    queue.now({ ...message, action: "down" });
    queue.now({ ...message, action: "up" });
  }

  function write(text: string): void {
    for (let at = 0; at < text.length; at += longestText)
      queue.now({ type: "text", text: text.slice(at, at + longestText) });
  }

  function catchUp(): void {
    const filled = composing ? null : filledText(scratch, target.value);
    if (filled !== null) {
      before = target.value;
      if (enabled()) queue.now({ type: "text", text: filled.slice(0, longestText), replace: true });
      return;
    }
    const change = typedChange(before, target.value);
    before = target.value;
    if (!enabled()) return;
    for (let count = 0; count < Math.min(change.backspaces, 200); count += 1) press("Backspace");
    if (change.text) write(change.text);
  }

  function key(event: KeyboardEvent, action: "down" | "up"): void {
    if (!enabled()) {
      // Typed too early must not pile up in the scratch field; Tab may leave it.
      if (event.key !== "Tab" && !event.ctrlKey && !event.metaKey) event.preventDefault();
      return;
    }
    if (event.keyCode === 229) return;
    const decision = translateKey(
      {
        key: event.key,
        code: event.code,
        location: event.location,
        repeat: event.repeat,
        altKey: event.altKey,
        ctrlKey: event.ctrlKey,
        metaKey: event.metaKey,
        shiftKey: event.shiftKey,
        altGraph: event.getModifierState("AltGraph"),
        isComposing: event.isComposing || composing,
      },
      action,
      options.mac,
    );
    if (decision.do !== "send") return;
    if (action === "down") held.set(event.code, { key: decision.message.key, location: event.location });
    else if (!held.delete(event.code)) return;
    event.preventDefault();
    queue.now(decision.message);
  }

  function on<K extends keyof HTMLElementEventMap>(type: K, listener: (event: HTMLElementEventMap[K]) => void): void {
    target.addEventListener(type, listener as EventListener, { signal });
  }

  on("focus", reset);
  on("blur", () => {
    composing = false;
    // Nothing to be kept as a password, nor to be read out.
    target.value = "";
    // The page must not believe that Shift is still down.
    for (const [code, { key: name, location }] of held)
      queue.now({
        type: "key",
        action: "up",
        key: name,
        code: code.slice(0, 32),
        location,
        repeat: false,
        modifiers: 0,
      });
    held.clear();
  });
  on("keydown", (event) => {
    if (event.key === "Escape" && !event.repeat && !event.isComposing && modifiersOf(event) === 0) {
      const twice = options.now() - escapedAt < leaveWithinMs;
      escapedAt = options.now();
      if (twice) {
        event.preventDefault();
        options.onLeave();
        return;
      }
    } else if (event.key !== "Escape") escapedAt = Number.NEGATIVE_INFINITY;
    key(event, "down");
  });
  on("keyup", (event) => key(event, "up"));
  on("compositionstart", () => {
    composing = true;
  });
  on("compositionupdate", ({ data }) => {
    // On a phone what is written is sent as it is written, and taken back.
    if (!enabled() || options.touch()) return;
    shown = data !== "";
    queue.now({ type: "compose", text: data.slice(0, longestComposition) });
  });
  on("compositionend", ({ data }) => {
    composing = false;
    if (shown && data === "" && enabled()) queue.now({ type: "compose", text: "" });
    shown = false;
    catchUp();
    reset();
  });
  on("input", () => {
    // A browser may fill in by itself what the user never came near: that is not the page's.
    if (document.activeElement !== target) {
      target.value = "";
      return;
    }
    if (composing && !options.touch()) return;
    catchUp();
    if (!composing && target.value !== scratch) reset();
  });
  on("paste", (event) => {
    event.preventDefault();
    const text = event.clipboardData?.getData("text/plain") ?? "";
    if (text && enabled()) write(text.slice(0, 10 * longestText));
  });
  on("drop", (event) => event.preventDefault());
}
