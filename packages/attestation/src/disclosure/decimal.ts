/** An exact decimal: `units` / 10^`scale`. Amounts are money, and a float would change them. */
interface Decimal {
  units: bigint;
  scale: number;
}

/** As amounts are written in data: no exponent, no grouping. */
const plain = /^(-?)(\d{1,40})(?:\.(\d{1,40}))?$/;
/** As a JSON number prints. */
const printed = /^(-?)(\d+)(?:\.(\d+))?(?:e([+-]\d+))?$/;

/** Null where it is not a decimal. */
export function parseDecimal(value: unknown): Decimal | null {
  const match = typeof value === "number" ? printed.exec(String(value)) : plain.exec(String(value));
  if (match === null || (typeof value !== "number" && typeof value !== "string")) return null;
  const [, sign = "", whole = "", fraction = "", exponent = "0"] = match;
  const units = BigInt(whole + fraction);
  const scale = fraction.length - Number(exponent);
  const signed = sign === "-" ? -units : units;
  return scale < 0 ? { units: signed * 10n ** BigInt(-scale), scale: 0 } : { units: signed, scale };
}

/** Below 0, 0 or above 0, as a is less than, equal to or more than b. */
export function compareDecimals(a: Decimal, b: Decimal): number {
  const scale = Math.max(a.scale, b.scale);
  const left = a.units * 10n ** BigInt(scale - a.scale);
  const right = b.units * 10n ** BigInt(scale - b.scale);
  return left < right ? -1 : left > right ? 1 : 0;
}
