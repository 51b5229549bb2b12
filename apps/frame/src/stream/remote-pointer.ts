import type { ViewerMessage } from "@attestream/shared/viewer-protocol";
import { createClickCounter } from "./click-counter.ts";
import type { InputQueue } from "./input-queue.ts";
import { modifiersOf } from "./key-translation.ts";
import { toPicture, type Point, type Size } from "./pointer-mapping.ts";
import { createTouchPoints } from "./touch-points.ts";

export interface RemotePointerOptions {
  surface: HTMLElement;
  picture: () => Size;
  queue: InputQueue;
  enabled: () => boolean;
  /** A finger or button went down on the page, at this point of the picture. */
  onPress(point: Point, touch: boolean): void;
  onRelease(point: Point, touch: boolean): void;
}

type Button = Extract<ViewerMessage, { type: "pointer" }>["button"];
const buttons: readonly Button[] = ["left", "middle", "right", "back", "forward"];
const lineHeight = 40;

/** Mouse, pen, wheel and touch on the live page, as viewer messages. Ends with `signal`. */
export function listenToPointer(options: RemotePointerOptions, signal: AbortSignal): void {
  const { surface, queue, enabled } = options;
  const clicks = createClickCounter();
  const touches = createTouchPoints();
  let clickCount = 0;

  function pointOf(event: MouseEvent): Point {
    const box = surface.getBoundingClientRect();
    return toPicture({ x: event.clientX - box.left, y: event.clientY - box.top }, box, options.picture());
  }

  function pointer(event: PointerEvent, action: "move" | "down" | "up"): Extract<ViewerMessage, { type: "pointer" }> {
    const button = action === "move" ? "none" : (buttons[event.button] ?? "none");
    return {
      type: "pointer",
      action,
      ...pointOf(event),
      button,
      buttons: event.buttons & 31,
      clickCount: action === "move" ? 0 : clickCount,
      modifiers: modifiersOf(event),
    };
  }

  function on<K extends keyof HTMLElementEventMap>(type: K, listener: (event: HTMLElementEventMap[K]) => void): void {
    surface.addEventListener(type, listener as EventListener, { signal, passive: false });
  }

  on("pointerdown", (event) => {
    // Keeps the browser from moving the focus off our keyboard target.
    event.preventDefault();
    if (!enabled()) return;
    surface.setPointerCapture(event.pointerId);
    const point = pointOf(event);
    const touch = event.pointerType === "touch";
    if (touch) queue.now(touches("start", event.pointerId, point, modifiersOf(event)));
    else {
      clickCount = clicks({ at: event.timeStamp, x: event.clientX, y: event.clientY, button: event.button });
      queue.now(pointer(event, "down"));
    }
    options.onPress(point, touch);
  });
  on("pointermove", (event) => {
    if (!enabled()) return;
    if (event.pointerType !== "touch") {
      // A second button pressed during a drag arrives as a move.
      if (event.button >= 0) queue.now(pointer(event, (event.buttons & buttonBit(event.button)) !== 0 ? "down" : "up"));
      else queue.move(pointer(event, "move"));
    } else if (surface.hasPointerCapture(event.pointerId))
      queue.move(touches("move", event.pointerId, pointOf(event), modifiersOf(event)));
  });
  on("pointerup", (event) => {
    const touch = event.pointerType === "touch";
    if (touch) queue.now(touches("end", event.pointerId, pointOf(event), modifiersOf(event)));
    else if (enabled()) queue.now(pointer(event, "up"));
    if (enabled()) options.onRelease(pointOf(event), touch);
  });
  on("pointercancel", (event) => {
    if (event.pointerType === "touch") queue.now(touches("cancel", event.pointerId, pointOf(event), 0));
  });
  on("wheel", (event) => {
    if (event.ctrlKey || !enabled()) return;
    event.preventDefault();
    const unit = event.deltaMode === 1 ? lineHeight : event.deltaMode === 2 ? options.picture().height : 1;
    queue.wheel({
      type: "wheel",
      ...pointOf(event),
      deltaX: event.deltaX * unit,
      deltaY: event.deltaY * unit,
      modifiers: modifiersOf(event),
    });
  });
  on("contextmenu", (event) => event.preventDefault());
}

/** MouseEvent.button counts left, middle, right; MouseEvent.buttons has left 1, right 2, middle 4. */
function buttonBit(button: number): number {
  return button === 1 ? 4 : button === 2 ? 2 : 1 << button;
}
