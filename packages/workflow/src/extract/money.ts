import { parseDecimal, type DecimalOptions } from "./decimal.ts";

/** An exact decimal amount: no floating point anywhere. `currency` is an ISO 4217 code, absent when nothing tells it. */
export type Money = { amount: string; currency?: string };

export interface MoneyOptions extends DecimalOptions {
  currency?: string | undefined;
}

/** Only signs that stand for one currency: "$", "¥" and "kr" do not. */
const signs: Record<string, string> = {
  "€": "EUR",
  "£": "GBP",
  "₹": "INR",
  "₪": "ILS",
  "₩": "KRW",
  "₺": "TRY",
  "₽": "RUB",
  "₴": "UAH",
  "₫": "VND",
  "₱": "PHP",
  "₦": "NGN",
  zł: "PLN",
};

/** `"$1,234.50"` -> `{amount: "1234.50"}`. Throws a RangeError where the text is no single, well-grouped amount. */
export function parseMoney(text: string, options: MoneyOptions = {}): Money {
  if (text.length > 64) throw new RangeError("not an amount");
  const folded = text.replace(/[\s\u00a0\u202f]+/g, " ").trim();
  const negative = /^\(.*\)$/.test(folded) || /^[^\d]*[-\u2212]/.test(folded) || /\d[^\d]*[-\u2212]$/.test(folded);
  const digits = /\d(?:[\d.,' \u2019]*\d)?/.exec(folded)?.[0];
  if (digits === undefined || folded.replace(digits, "").match(/\d/)) throw new RangeError("not a single amount");
  const unsigned = parseDecimal(digits, options);
  const amount = negative && /[1-9]/.test(unsigned) ? `-${unsigned}` : unsigned;
  const currency = options.currency ?? currencyIn(folded.replace(digits, " "));
  return currency === undefined ? { amount } : { amount, currency };
}

function currencyIn(text: string): string | undefined {
  const code = /(?:^|[^A-Za-z])([A-Z]{3})(?![A-Za-z])/.exec(text)?.[1];
  if (code) return code;
  return Object.entries(signs).find(([sign]) => text.includes(sign))?.[1];
}
