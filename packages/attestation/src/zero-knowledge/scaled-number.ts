/**
 * Numbers as they are signed: whole numbers of 1/10^decimals, moved up by 2^51 so that none is negative. Range proofs
 * know whole numbers from 0 on, and the library takes them as exact floats, which end at 2^53.
 */
const offset = 2 ** 51;
export const lowestSigned = 0;
export const highestSigned = 2 ** 52 - 1;

const decimalPattern = /^(-?)(\d+)(?:\.(\d+))?$/;
const msPerDay = 86_400_000;

/** `"12.50"` with 4 decimals -> the signed number of 12.5. Null where it cannot be held exactly. */
export function signedDecimal(text: string, decimals: number): number | null {
  const [, sign, whole, fraction = ""] = decimalPattern.exec(text) ?? [];
  if (whole === undefined || whole.length > 20) return null;
  const needed = fraction.replace(/0+$/, "");
  if (needed.length > decimals) return null;
  const scaled = Number(`${whole}${needed.padEnd(decimals, "0")}`);
  return within(sign === "-" ? -scaled : scaled);
}

/** The one way in which a decimal is written in credentials and proofs: no zeros that say nothing, no minus before zero. */
export function canonicalDecimal(text: string): string | null {
  const [, sign, whole = "", fraction = ""] = decimalPattern.exec(text) ?? [];
  if (sign === undefined) return null;
  const digits = whole.replace(/^0+(?=\d)/, "");
  const rest = fraction.replace(/0+$/, "");
  const plain = rest === "" ? digits : `${digits}.${rest}`;
  return plain === "0" ? plain : `${sign}${plain}`;
}

/** `"2026-03-24"` -> the signed number of that day. Null for what is no day of the calendar. */
export function signedDate(text: string): number | null {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(text)) return null;
  const time = Date.parse(`${text}T00:00:00Z`);
  // Some engines read 31 February as a day in March.
  if (Number.isNaN(time) || !new Date(time).toISOString().startsWith(text)) return null;
  return within(time / msPerDay);
}

function within(value: number): number | null {
  const signed = value + offset;
  return Number.isSafeInteger(value) && signed >= lowestSigned && signed <= highestSigned ? signed : null;
}
