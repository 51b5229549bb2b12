/** Delay before the next attempt: doubles from `firstMs` to `mostMs`, each with full jitter above one half. */
export function backoffMs(attempt: number, random: () => number, firstMs = 250, mostMs = 10_000): number {
  const ceiling = Math.min(mostMs, firstMs * 2 ** Math.min(attempt, 20));
  return Math.round(ceiling * (0.5 + random() / 2));
}
