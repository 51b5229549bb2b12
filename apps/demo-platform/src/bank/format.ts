const money = new Intl.NumberFormat("en-US", { style: "currency", currency: "USD", signDisplay: "negative" });
const day = new Intl.DateTimeFormat("en-US", { day: "numeric", month: "short", year: "numeric", timeZone: "UTC" });
const month = new Intl.DateTimeFormat("en-US", { month: "long", year: "numeric", timeZone: "UTC" });

/** `"-38.64"` as `-$38.64`. */
export const formatMoney = (amount: string): string => money.format(Number(amount));

/** `Oct 31, 2026`. */
export const formatDay = (date: Date): string => day.format(date);

/** `October 2026`. */
export const formatMonth = (date: Date): string => month.format(date);
