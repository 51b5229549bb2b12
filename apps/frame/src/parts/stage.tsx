import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import type { OpenState } from "../session/frame-state.ts";
import { safeCursor } from "../stream/cursor.ts";
import { createInputQueue } from "../stream/input-queue.ts";
import { toElement } from "../stream/pointer-mapping.ts";
import { keyboardLook } from "../stream/keyboard-look.ts";
import { listenToKeyboard } from "../stream/remote-keyboard.ts";
import { listenToPointer } from "../stream/remote-pointer.ts";
import { watchStageSize } from "../stream/stage-size.ts";
import { useFrame } from "./frame-context.ts";
import { Icon } from "./icon.tsx";
import { StageVeil } from "./stage-veil.tsx";

const isMac = /Mac|iPhone|iPad/.test(navigator.platform);
const keyboardStaysMs = 300;
const tapCountsMs = 2_000;
const byTouch = () => matchMedia("(pointer: coarse)").matches;

/** The canvas with all that listens on it. The canvas itself outlives this component: packets are drawn whether it shows or not. */
export function Stage({ state }: { state: OpenState }) {
  const { picture, send, messages, stageResized } = useFrame();
  const glassRef = useRef<HTMLDivElement>(null);
  const keyboardRef = useRef<HTMLInputElement>(null);
  const wayBackRef = useRef<HTMLButtonElement>(null);
  const touchedAtRef = useRef(Number.NEGATIVE_INFINITY);
  const [typing, setTyping] = useState(false);
  // Left by Escape: Tab then passes the page by, until the user wants back in.
  const [left, setLeft] = useState(false);
  const { page } = state;
  const { field } = page;
  const enabled = page.control && state.stream.link === "connected" && !state.confirmingCancel && navigator.onLine;
  const { type, ...look } = keyboardLook(field, { touch: byTouch(), wantsCode: page.challenge?.kind === "otp" });
  const liveRef = useRef({ enabled, field });
  useLayoutEffect(() => {
    liveRef.current = { enabled, field };
  }, [enabled, field]);

  useEffect(() => {
    const holder = glassRef.current;
    const target = keyboardRef.current;
    if (!holder || !target) return;
    const { canvas } = picture;
    const unmount = picture.mount(holder);
    const life = new AbortController();
    const queue = createInputQueue(send, (callback) => requestAnimationFrame(callback));
    const isEnabled = () => liveRef.current.enabled;
    listenToPointer(
      {
        surface: canvas,
        picture: () => picture.size,
        queue,
        enabled: isEnabled,
        onPress: (_point, touch) => {
          if (touch) touchedAtRef.current = performance.now();
          else target.focus({ preventScroll: true });
        },
        onRelease: (point, touch) => {
          // Within the tap itself, or a phone does not open its keyboard; `focus` from the page comes too late for that.
          const focused = liveRef.current.field;
          if (touch && focused && contains(focused, point)) target.focus({ preventScroll: true });
        },
      },
      life.signal,
    );
    listenToKeyboard(
      {
        target,
        queue,
        enabled: isEnabled,
        mac: isMac,
        touch: byTouch,
        now: () => performance.now(),
        onLeave: () => setLeft(true),
      },
      life.signal,
    );
    watchStageSize(
      {
        holder,
        canvas,
        keyboardOpen: () => byTouch() && document.activeElement === target,
        covered: formHeight,
        onSize: stageResized,
      },
      life.signal,
    );
    if (!byTouch() && document.hasFocus()) target.focus({ preventScroll: true });
    return () => {
      life.abort();
      unmount();
    };
  }, [picture, send, stageResized]);

  useEffect(() => {
    if (left) wayBackRef.current?.focus();
  }, [left]);

  useEffect(() => {
    picture.setCursor(enabled ? safeCursor(page.cursor) : "progress");
  }, [picture, page.cursor, enabled]);

  useLayoutEffect(() => {
    if (keyboardRef.current) keyboardRef.current.type = type;
  }, [type]);

  useEffect(() => {
    const target = keyboardRef.current;
    if (!target || !byTouch()) return;
    if (!field) {
      // From field to field a page is without focus for a moment: the keyboard must not go down and up.
      const timer = setTimeout(() => target.blur(), keyboardStaysMs);
      return () => clearTimeout(timer);
    }
    const at = toElement(field, picture.canvas.getBoundingClientRect(), picture.size);
    target.style.left = `${Math.max(0, Math.round(at.x))}px`;
    target.style.top = `${Math.max(0, Math.round(at.y))}px`;
    // A page that focuses a field by itself opens no keyboard; a tap does.
    if (performance.now() - touchedAtRef.current < tapCountsMs) target.focus({ preventScroll: true });
  }, [picture, field]);

  return (
    <div class="stage">
      <div class="glass" ref={glassRef}>
        <input
          ref={keyboardRef}
          class="keyboard-target"
          {...look}
          aria-label={messages.live.keyboardLabel(state.view.platform.displayName)}
          tabIndex={left ? -1 : 0}
          onFocus={() => {
            setTyping(true);
            setLeft(false);
          }}
          onBlur={() => setTyping(false)}
        />
      </div>
      <StageVeil state={state} />
      {field && !typing && !left && enabled && (
        <button
          type="button"
          class="button show-keyboard"
          onClick={() => keyboardRef.current?.focus({ preventScroll: true })}
        >
          <Icon name="keyboard" />
          {messages.live.showKeyboard}
        </button>
      )}
      {left && (
        <button
          ref={wayBackRef}
          type="button"
          class="button way-back"
          onClick={() => keyboardRef.current?.focus({ preventScroll: true })}
        >
          <Icon name="keyboard" />
          {messages.live.back}
        </button>
      )}
      <p class="sr-only" role="status">
        {left ? messages.live.left : ""}
      </p>
    </div>
  );
}

function formHeight(): number {
  const form = document.querySelector<HTMLElement>(".turn-form");
  return form?.parentElement ? form.offsetHeight + parseFloat(getComputedStyle(form.parentElement).rowGap) : 0;
}

function contains(
  box: { x: number; y: number; width: number; height: number },
  point: { x: number; y: number },
): boolean {
  return point.x >= box.x && point.x <= box.x + box.width && point.y >= box.y && point.y <= box.y + box.height;
}
