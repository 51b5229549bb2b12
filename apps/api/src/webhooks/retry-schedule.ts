const second = 1000;
const minute = 60 * second;
const hour = 60 * minute;

/** Pauses after the first, second, … failed attempt. After the last pause comes the last attempt. */
export const retryDelaysMs: readonly number[] = [
  5 * second,
  5 * minute,
  30 * minute,
  2 * hour,
  5 * hour,
  10 * hour,
  14 * hour,
  20 * hour,
  24 * hour,
];

/** Jitter only lengthens a pause, so that a receiver is never asked earlier than documented. */
const maxJitter = 0.1;
const maxRetryAfterMs = 24 * hour;

export interface RetryQuestion {
  /** Attempts made so far, the failed one included. */
  attempts: number;
  now: Date;
  /** What the receiver asked for, if it did. */
  retryAfterMs?: number | undefined;
  /** 0 to 1. */
  random: number;
  delaysMs?: readonly number[];
}

/** When to try again; null when that was the last attempt. */
export function nextAttemptAt(question: RetryQuestion): Date | null {
  const delays = question.delaysMs ?? retryDelaysMs;
  const delay = delays[question.attempts - 1];
  if (delay === undefined) return null;
  const jittered = delay * (1 + maxJitter * question.random);
  const asked = Math.min(question.retryAfterMs ?? 0, maxRetryAfterMs);
  return new Date(question.now.getTime() + Math.round(Math.max(jittered, asked)));
}

/** `Retry-After`: seconds or an HTTP date. Undefined for anything else. */
export function parseRetryAfter(value: string | undefined, now: Date): number | undefined {
  if (value === undefined) return undefined;
  const text = value.trim();
  if (/^\d{1,9}$/.test(text)) return Number(text) * second;
  // A date has a weekday; Date.parse alone would also take "1.5" for a year.
  const at = /^[A-Za-z]{3,9},? /.test(text) ? Date.parse(text) : Number.NaN;
  return Number.isNaN(at) ? undefined : Math.max(0, at - now.getTime());
}
