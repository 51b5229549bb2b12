/** Time, so that tests own it. */
export interface Clock {
  now(): Date;
  /** Rejects with the signal's reason. */
  wait(ms: number, signal: AbortSignal): Promise<void>;
}

/** Settles as the promise does, unless the signal comes first: for work that does not know the signal itself. */
export async function abortable<T>(signal: AbortSignal, work: Promise<T>): Promise<T> {
  signal.throwIfAborted();
  const { promise, reject } = Promise.withResolvers<never>();
  const onAbort = () => reject(signal.reason as Error);
  signal.addEventListener("abort", onAbort, { once: true });
  try {
    return await Promise.race([work, promise]);
  } finally {
    signal.removeEventListener("abort", onAbort);
  }
}

/** The first of several waits; the others are called off. */
export async function firstOf<T>(
  signal: AbortSignal,
  waits: readonly ((signal: AbortSignal) => Promise<T>)[],
): Promise<T> {
  const others = new AbortController();
  const inner = AbortSignal.any([signal, others.signal]);
  try {
    return await Promise.race(waits.map((wait) => wait(inner)));
  } finally {
    others.abort();
  }
}
