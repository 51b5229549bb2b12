import type { ViewerMessage } from "@attestream/shared/viewer-protocol";
import type { CDPSession } from "playwright";
import { toKeyEvent } from "./key-event.ts";
import { toPagePoint, type Point, type ViewGeometry } from "./view-geometry.ts";

type InputType = "pointer" | "wheel" | "key" | "text" | "compose" | "touch";
export type InputMessage = Extract<ViewerMessage, { type: InputType }>;
type PointerMessage = Extract<InputMessage, { type: "pointer" }>;
type WheelMessage = Extract<InputMessage, { type: "wheel" }>;

export function isInput(message: ViewerMessage): message is InputMessage {
  return (
    message.type === "pointer" ||
    message.type === "wheel" ||
    message.type === "key" ||
    message.type === "text" ||
    message.type === "compose" ||
    message.type === "touch"
  );
}

export interface InputTarget {
  client: CDPSession;
  geometry: ViewGeometry;
}

/**
 * Sends the viewer's input to the page in the order of its arrival. Moves and wheel turns that the page
 * cannot keep up with are merged into the next one; clicks, keys and text never are.
 */
export class InputDispatcher {
  readonly #target: () => InputTarget | null;
  #busy = false;
  #waiting: PointerMessage | WheelMessage | null = null;
  #held: PointerMessage | null = null;
  #composing = false;

  constructor(target: () => InputTarget | null) {
    this.#target = target;
  }

  dispatch(message: InputMessage): void {
    const mergeable = message.type === "wheel" || (message.type === "pointer" && message.action === "move");
    if (mergeable && this.#busy) {
      this.#waiting = this.#merge(message);
      return;
    }
    this.#flush();
    if (message.type === "pointer" && message.action !== "move")
      this.#held = message.action === "down" ? message : null;
    if (message.type === "compose") this.#composing = message.text !== "";
    else if (message.type === "text") this.#composing = false;
    if (mergeable) void this.#sendMerging(message);
    else void this.#send(message);
  }

  /** The viewer is gone or may not act any more: no button stays pressed, nothing half written. */
  releaseAll(): void {
    this.#waiting = null;
    if (this.#held) void this.#send({ ...this.#held, action: "up", buttons: 0 });
    this.#held = null;
    if (this.#composing) void this.#send({ type: "compose", text: "" });
    this.#composing = false;
  }

  async #sendMerging(first: PointerMessage | WheelMessage): Promise<void> {
    this.#busy = true;
    for (let next: PointerMessage | WheelMessage | null = first; next !== null; next = this.#takeWaiting())
      await this.#send(next);
    this.#busy = false;
  }

  #takeWaiting(): PointerMessage | WheelMessage | null {
    const waiting = this.#waiting;
    this.#waiting = null;
    return waiting;
  }

  #flush(): void {
    const waiting = this.#takeWaiting();
    if (waiting) void this.#send(waiting);
  }

  #merge(message: PointerMessage | WheelMessage): PointerMessage | WheelMessage {
    const waiting = this.#waiting;
    if (message.type === "wheel" && waiting?.type === "wheel")
      return { ...message, deltaX: message.deltaX + waiting.deltaX, deltaY: message.deltaY + waiting.deltaY };
    if (waiting && waiting.type !== message.type) this.#flush();
    return message;
  }

  /** A page that navigates or closes meanwhile makes CDP fail: the input is then lost, as it would be in any browser. */
  async #send(message: InputMessage): Promise<void> {
    const target = this.#target();
    if (target === null) return;
    try {
      await sendTo(target, message);
    } catch {}
  }
}

async function sendTo({ client, geometry }: InputTarget, message: InputMessage): Promise<void> {
  const place = (point: Point) => toPagePoint(geometry, point);
  switch (message.type) {
    case "pointer": {
      const type = ({ move: "mouseMoved", down: "mousePressed", up: "mouseReleased" } as const)[message.action];
      const { button, buttons, clickCount, modifiers } = message;
      await client.send("Input.dispatchMouseEvent", {
        type,
        ...place(message),
        button,
        buttons,
        clickCount,
        modifiers,
        pointerType: "mouse",
      });
      return;
    }
    case "wheel": {
      const { deltaX, deltaY, modifiers } = message;
      await client.send("Input.dispatchMouseEvent", {
        type: "mouseWheel",
        ...place(message),
        deltaX,
        deltaY,
        modifiers,
        pointerType: "mouse",
      });
      return;
    }
    case "key": {
      const event = toKeyEvent(message);
      if (event) await client.send("Input.dispatchKeyEvent", event);
      return;
    }
    case "text":
      if (message.replace) await replaceText(client, message.text);
      else await client.send("Input.insertText", { text: message.text });
      return;
    case "compose": {
      const { text } = message;
      await client.send("Input.imeSetComposition", { text, selectionStart: text.length, selectionEnd: text.length });
      return;
    }
    case "touch": {
      const type = ({ start: "touchStart", move: "touchMove", end: "touchEnd", cancel: "touchCancel" } as const)[
        message.action
      ];
      const touchPoints = message.points.map((point) => ({ id: point.id, ...place(point) }));
      await client.send("Input.dispatchTouchEvent", {
        type,
        touchPoints: type === "touchCancel" ? [] : touchPoints,
        modifiers: message.modifiers,
      });
      return;
    }
  }
}

const longestWord = 64;

/**
 * Puts the text in the place of all that is in the focused field. A word goes in letter by letter: a code
 * may stand in boxes of one letter each, between which the page moves the focus. Sent at once, so that no
 * other input comes in between.
 */
async function replaceText(client: CDPSession, text: string): Promise<void> {
  const letters = [...text];
  const parts = letters.length > longestWord || /\s/.test(text) ? [text] : letters;
  await Promise.all([
    // As a browser's own autofill: a key without a name.
    client.send("Input.dispatchKeyEvent", { type: "rawKeyDown", key: "Unidentified", commands: ["selectAll"] }),
    client.send("Input.dispatchKeyEvent", { type: "keyUp", key: "Unidentified" }),
    ...parts.map((part) => client.send("Input.insertText", { text: part })),
  ]);
}
