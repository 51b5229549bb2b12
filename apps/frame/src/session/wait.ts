/** Resolves after `ms`, or as soon as `signal` aborts or `hurry` fires; never rejects. */
export function wait(ms: number, signal: AbortSignal, hurry?: EventTarget): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) {
      resolve();
      return;
    }
    const done = () => {
      clearTimeout(timer);
      signal.removeEventListener("abort", done);
      hurry?.removeEventListener("online", done);
      resolve();
    };
    const timer = setTimeout(done, ms);
    signal.addEventListener("abort", done);
    hurry?.addEventListener("online", done);
  });
}
