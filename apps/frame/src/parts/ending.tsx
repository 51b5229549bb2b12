import { useEffect, useRef, useState } from "preact/hooks";
import type { OpenState } from "../session/frame-state.ts";
import { loudnessOf, nextEnd, shownFromMs, stepOf } from "../session/next-end.ts";
import { useFrame } from "./frame-context.ts";
import { Icon } from "./icon.tsx";
import { clockText, roughTime } from "./time-text.ts";
import { useTimeLeft } from "./use-time-left.ts";

/**
 * How long it is until the session ends by itself: a quiet line at first, what is to be done at last. Takes
 * no room of its own, or the live page would be laid out anew each time. Screen readers are told at steps.
 */
export function Ending({ state }: { state: OpenState }) {
  const { messages, now, send, locale } = useFrame();
  const lostAt = useLostAt(state, now);
  const end = nextEnd(state, lostAt);
  const at = end ? new Date(end.at).toISOString() : null;
  const left = useTimeLeft(at, end ? shownFromMs(end.kind) : 0, now);
  const words = messages.ending;
  const step = left === null ? null : stepOf(left);
  const loudness = end && left !== null ? loudnessOf(end.kind, left * 1000) : null;
  return (
    <>
      {end && left !== null && loudness && (
        <div class={`ending ending-${loudness}`} data-ending={end.kind}>
          <p role="timer">
            <Icon name="clock" />
            <span class="ending-text">{left === 0 ? words.over : words.kinds[end.kind]}</span>
            {left > 0 && <strong>{clockText(left)}</strong>}
          </p>
          {end.kind === "idle" && loudness === "near" && (
            <button type="button" class="button button-main" onClick={() => send({ type: "stay" })}>
              {words.stay}
            </button>
          )}
        </div>
      )}
      <p class="sr-only" role="status">
        {end && step !== null ? words.aloud(words.kinds[end.kind], roughTime(step * 1000, locale)) : ""}
        {end?.kind === "idle" && step !== null ? ` ${words.stayHint}` : ""}
      </p>
    </>
  );
}

/** Since when the line to the browser is broken, in the server's time. */
function useLostAt(state: OpenState, now: () => number): number | null {
  const [lostAt, setLostAt] = useState<number | null>(null);
  const wasUpRef = useRef(false);
  const { link } = state.stream;
  const up = link === "connected";
  useEffect(() => {
    if (up) setLostAt(null);
    else if (link === "idle") setLostAt(null);
    else if (wasUpRef.current) setLostAt(now());
    wasUpRef.current = up;
  }, [up, link, now]);
  return lostAt;
}
