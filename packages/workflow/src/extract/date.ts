/** Orders of day, month and year that a tree may name for dates written in digits. */
export const dateFormats = ["YYYY-MM-DD", "DD/MM/YYYY", "MM/DD/YYYY"] as const;
export type DateFormat = (typeof dateFormats)[number];

export interface DateOptions {
  /** The order of dates in digits. Not given: as the locale has it. */
  format?: DateFormat | undefined;
  locale?: string | undefined;
}

/** `3rd February 2026`, `3. März 2026`, `3 de marzo de 2026`; a day of the week may stand before. */
const dayFirst =
  /^(?:\p{L}{2,12}\.?,? )?(\d{1,2})(?:st|nd|rd|th|er|\.|º)?[ -](?:de )?(\p{L}{3,12})\.?,?[ -](?:de )?(\d{4})$/u;
const monthFirst = /^(?:\p{L}{2,12}\.?, )?(\p{L}{3,12})\.? (\d{1,2})(?:st|nd|rd|th)?,? (\d{4})$/u;

/**
 * A calendar date as `YYYY-MM-DD`. ISO dates and month names (English, and those of the locale) are
 * understood by themselves; digits in another order need a format or a locale that has one, because
 * 03/04 does not say which is the month. The separator (`/ . -` or a space) does not matter.
 */
export function parseDate(text: string, options: DateOptions = {}): string {
  const { locale } = options;
  const folded = text.replace(/\s+/g, " ").trim();
  if (folded.length > 64) throw new RangeError("not a date");
  const iso = /^(\d{4})-(\d{2})-(\d{2})(?:$|[T ])/.exec(folded);
  if (iso && (options.format === undefined || options.format === "YYYY-MM-DD")) return checked(iso[1], iso[2], iso[3]);
  const named = dayFirst.exec(folded);
  if (named) return checked(named[3], monthOf(named[2], locale), named[1]);
  const american = monthFirst.exec(folded);
  if (american) return checked(american[3], monthOf(american[1], locale), american[2]);
  const parts = /^(\d{1,4})[/. -] ?(\d{1,2})[/. -] ?(\d{1,4})\.?$/.exec(folded);
  if (!parts) throw new RangeError("not a date");
  const [, a, b, c] = parts;
  const order = options.format ?? orderOf(locale);
  if (order === undefined)
    throw new RangeError(`the order of day and month is not known; add format: one of ${dateFormats.join(", ")}`);
  if (order === "YYYY-MM-DD") return checked(a, b, c);
  return order === "DD/MM/YYYY" ? checked(c, b, a) : checked(c, a, b);
}

/** How people who read this locale order a date; English alone does not say, en-GB and en-US do. */
export function orderOf(locale: string | undefined): DateFormat | undefined {
  if (locale === undefined) return undefined;
  const { language, region } = new Intl.Locale(locale);
  if (language === "en" && region === undefined) return undefined;
  const order = new Intl.DateTimeFormat(locale, { year: "numeric", month: "2-digit", day: "2-digit" })
    .formatToParts(new Date(0))
    .map(({ type }) => type)
    .filter((type) => type === "year" || type === "month" || type === "day")
    .join();
  if (order === "year,month,day") return "YYYY-MM-DD";
  if (order === "day,month,year") return "DD/MM/YYYY";
  return order === "month,day,year" ? "MM/DD/YYYY" : undefined;
}

function monthOf(name = "", locale: string | undefined): string {
  const wanted = plain(name);
  for (const language of ["en", ...(locale === undefined ? [] : [locale])]) {
    const month = monthNames(language).findIndex((names) => names.includes(wanted));
    if (month >= 0) return String(month + 1);
  }
  throw new RangeError("the month is not one that this language has");
}

/** For each month how it may be written: in full and short, alone and within a date. */
function monthNames(locale: string): string[][] {
  return Array.from({ length: 12 }, (_, index) => {
    const date = new Date(Date.UTC(2026, index, 1));
    const names = (["long", "short"] as const).flatMap((month) => [
      new Intl.DateTimeFormat(locale, { month, timeZone: "UTC" }).format(date),
      ...new Intl.DateTimeFormat(locale, { month, day: "numeric", timeZone: "UTC" })
        .formatToParts(date)
        .filter(({ type }) => type === "month")
        .map(({ value }) => value),
    ]);
    // English also has "Sept", which Intl writes for some of its regions only.
    return [...names, ...(locale === "en" && index === 8 ? ["sept"] : [])].map(plain);
  });
}

function plain(name: string): string {
  return name.toLowerCase().replace(/\.$/, "");
}

function checked(year = "", month = "", day = ""): string {
  const text = `${year}-${month.padStart(2, "0")}-${day.padStart(2, "0")}`;
  const date = new Date(`${text}T00:00:00Z`);
  if (year.length !== 4) throw new RangeError("the year needs four digits; is the format right?");
  if (Number.isNaN(date.getTime()) || !date.toISOString().startsWith(text))
    throw new RangeError("not a day of the calendar");
  return text;
}
