export interface DecimalOptions {
  /** The decimal mark; the other marks group thousands. Not given: told from the number itself, where it can be. */
  decimal?: "." | "," | undefined;
}

const thousands = /^\d{1,3}([.,' \u2019])\d{3}(?:\1\d{3})*$/;
/** 1,00,000 as India writes it. */
const lakhs = /^\d{1,2}(?:,\d{2})+,\d{3}$/;

/** `"1,234.50"` -> `"1234.50"`: digits and at most one point, no sign. Throws a RangeError that says what is doubtful. */
export function parseDecimal(digits: string, { decimal }: DecimalOptions): string {
  const mark = decimal ?? markIn(digits);
  const [whole = "", fraction, ...rest] = digits.split(mark);
  if (rest.length > 0 || (fraction !== undefined && !/^\d+$/.test(fraction)))
    throw new RangeError("not an amount with this decimal mark");
  if (![/^\d+$/, thousands, lakhs].some((form) => form.test(whole)))
    throw new RangeError("not grouped by thousands; is the decimal mark right?");
  const plain = whole.replace(/\D/g, "").replace(/^0+(?=\d)/, "");
  return fraction === undefined ? plain : `${plain}.${fraction}`;
}

/** The mark that a site in this language writes; undefined where the language does not tell. */
export function decimalMarkOf(locale: string | undefined): "." | "," | undefined {
  if (locale === undefined) return undefined;
  const mark = new Intl.NumberFormat(locale).formatToParts(1.5).find(({ type }) => type === "decimal")?.value;
  return mark === "." || mark === "," ? mark : undefined;
}

/** With both marks the last is the decimal one. A single mark before exactly three digits may be either. */
function markIn(digits: string): "." | "," {
  const last = /[.,](?=[^.,]*$)/.exec(digits);
  if (!last) return ".";
  const mark = last[0] === "," ? "," : ".";
  const other = mark === "," ? "." : ",";
  if (digits.includes(other)) return mark;
  if (digits.indexOf(mark) !== last.index) return other;
  const [before, after] = [digits.slice(0, last.index), digits.slice(last.index + 1)];
  if (after.length === 3 && /^(?!0)\d{1,3}$/.test(before))
    throw new RangeError('"1,234" may be a thousand or one and a bit; write decimal: "." or decimal: ","');
  return mark;
}
