import type { RunContext } from "./run-context.ts";

/** What the user may take for a screen, milliseconds. */
export interface UserTime {
  ms: number;
  /** Counts from the last sign of life; otherwise from when the user was asked, whatever is done. */
  idle: boolean;
}

/** A limit that moved by less is not told while there is plenty of it. */
const worthTellingMs = 5_000;

/** Resolves when the user's time is up; rejects with the signal's reason. Tells when that will be, each time that it moves. */
export async function untilUserTimeIsUp(
  { clock, events, endsAt }: Pick<RunContext, "clock" | "events" | "endsAt">,
  { ms, idle }: UserTime,
  signal: AbortSignal,
): Promise<void> {
  const kind = idle ? "idle" : "challenge";
  let at = clock.now().getTime() + ms;
  let told = at;
  const tell = () => {
    told = at;
    const earlier = at < endsAt.getTime();
    events.deadlineMoved(earlier ? { kind, at: new Date(at) } : { kind: "total", at: endsAt });
  };
  const stopListening = idle
    ? events.onPresence(() => {
        const now = clock.now().getTime();
        at = now + ms;
        const near = told - now < ms / 2;
        if (at - told >= (near ? 1 : worthTellingMs)) tell();
      })
    : () => undefined;
  tell();
  try {
    for (let left = ms; left > 0; left = at - clock.now().getTime()) await clock.wait(left, signal);
  } finally {
    stopListening();
    events.deadlineMoved({ kind: "total", at: endsAt });
  }
}
