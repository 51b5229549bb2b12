import { useEffect, useRef } from "preact/hooks";
import { useFrame } from "./frame-context.ts";

/** Says that a window which the page opened is on top, and leads back. */
export function PopupBar({ belowHost, open }: { belowHost: string; open: boolean }) {
  const { messages, send } = useFrame();
  const buttonRef = useRef<HTMLButtonElement>(null);
  // With the bar goes its button: the keyboard must not be left without a place.
  useEffect(
    () => () => {
      if (document.activeElement === buttonRef.current || document.activeElement === document.body)
        document.querySelector<HTMLElement>(".keyboard-target")?.focus({ preventScroll: true });
    },
    [],
  );
  return (
    <div class="popup-bar">
      <p role="status">{messages.live.popup(belowHost)}</p>
      <button
        ref={buttonRef}
        type="button"
        class="button button-quiet"
        disabled={!open}
        onClick={() => send({ type: "popupClose" })}
      >
        {messages.live.popupClose}
      </button>
    </div>
  );
}
