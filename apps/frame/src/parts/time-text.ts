/** "1:05" for a countdown. */
export function clockText(seconds: number): string {
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
}

/** "2 minutes", in the words of the locale; never less than what a reader can use. */
export function roughTime(ms: number, locale: string): string {
  const seconds = Math.max(10, Math.ceil(ms / 10_000) * 10);
  const inUnit = (unit: string, value: number) =>
    new Intl.NumberFormat(locale, { style: "unit", unit, unitDisplay: "long" }).format(value);
  return seconds < 60 ? inUnit("second", seconds) : inUnit("minute", Math.ceil(seconds / 60));
}
