export interface Backoff {
  /** How long to wait before try number `attempt` (the first retry is 1), milliseconds. */
  (attempt: number): number;
}

/** Doubles from 400 ms to 8 s; up to a third of it is chance, so that a restarted server is not met by everybody at once. */
export function createBackoff(random: () => number): Backoff {
  return (attempt) => {
    const full = Math.min(8_000, 400 * 2 ** Math.max(0, attempt - 1));
    return Math.round(full * (1 - random() / 3));
  };
}
