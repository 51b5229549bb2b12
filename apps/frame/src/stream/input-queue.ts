import type { ViewerMessage } from "@attestream/shared/viewer-protocol";

type Move = Extract<ViewerMessage, { type: "pointer" | "touch" }>;
type Wheel = Extract<ViewerMessage, { type: "wheel" }>;

export interface InputQueue {
  /** A move: of those in one animation frame only the last is sent. */
  move(message: Move): void;
  /** Wheel steps of one animation frame are added up. */
  wheel(message: Wheel): void;
  /** Anything else goes out at once, after what was held back: the order of events stays. */
  now(message: ViewerMessage): void;
}

/** Keeps a fast mouse from flooding a slow line. Clicks, keys and text are never dropped or delayed. */
export function createInputQueue(
  send: (message: ViewerMessage) => void,
  requestFrame: (callback: () => void) => unknown,
): InputQueue {
  let move: Move | null = null;
  let wheel: Wheel | null = null;
  let requested = false;

  function flush(): void {
    if (move) send(move);
    if (wheel) send(wheel);
    move = null;
    wheel = null;
  }

  function later(): void {
    if (requested) return;
    requested = true;
    requestFrame(() => {
      requested = false;
      flush();
    });
  }

  return {
    move(message) {
      move = message;
      later();
    },
    wheel(message) {
      wheel =
        wheel && wheel.modifiers === message.modifiers
          ? { ...message, deltaX: limit(wheel.deltaX + message.deltaX), deltaY: limit(wheel.deltaY + message.deltaY) }
          : message;
      later();
    },
    now(message) {
      flush();
      send(message);
    },
  };
}

function limit(delta: number): number {
  return Math.min(Math.max(delta, -16_384), 16_384);
}
