const months = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];

/** Orders of day, month and year that a tree may name for dates written in digits. */
export const dateFormats = ["YYYY-MM-DD", "DD/MM/YYYY", "MM/DD/YYYY"] as const;
export type DateFormat = (typeof dateFormats)[number];

/**
 * A calendar date as `YYYY-MM-DD`. ISO dates and English month names are understood by themselves;
 * digits in another order need `format`, because 03/04 does not say which is the month. The
 * separator (`/ . -` or a space) does not matter.
 */
export function parseDate(text: string, format?: DateFormat): string {
  const folded = text.replace(/\s+/g, " ").trim();
  const iso = /^(\d{4})-(\d{2})-(\d{2})(?:$|[T ])/.exec(folded);
  if (iso && (format === undefined || format === "YYYY-MM-DD")) return checked(iso[1], iso[2], iso[3]);
  const dayFirst = /^(?:[A-Za-z]{3,9},? )?(\d{1,2})(?:st|nd|rd|th)?[ -]([A-Za-z]{3,9})\.?,?[ -](\d{4})$/.exec(folded);
  if (dayFirst) return checked(dayFirst[3], monthOf(dayFirst[2]), dayFirst[1]);
  const monthFirst = /^(?:[A-Za-z]{3,9}, )?([A-Za-z]{3,9})\.? (\d{1,2})(?:st|nd|rd|th)?,? (\d{4})$/.exec(folded);
  if (monthFirst) return checked(monthFirst[3], monthOf(monthFirst[1]), monthFirst[2]);
  const parts = /^(\d{1,4})[/. -](\d{1,2})[/. -](\d{1,4})$/.exec(folded);
  if (parts && format !== undefined) {
    const [, a, b, c] = parts;
    if (format === "YYYY-MM-DD") return checked(a, b, c);
    return format === "DD/MM/YYYY" ? checked(c, b, a) : checked(c, a, b);
  }
  throw new RangeError(
    parts ? `the order of day and month is not known; add format: one of ${dateFormats.join(", ")}` : "not a date",
  );
}

function monthOf(name = ""): string {
  return String(months.indexOf(name.slice(0, 3).toLowerCase()) + 1);
}

function checked(year = "", month = "", day = ""): string {
  const text = `${year}-${month.padStart(2, "0")}-${day.padStart(2, "0")}`;
  const date = new Date(`${text}T00:00:00Z`);
  if (year.length !== 4 || Number.isNaN(date.getTime()) || !date.toISOString().startsWith(text))
    throw new RangeError("not a day of the calendar");
  return text;
}
