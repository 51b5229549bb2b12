import { parseDuration, type ErrorCode, type Json } from "@attestream/shared";
import { ReadError, readFields, readJsonFields, type ReadRule } from "../extract/index.ts";
import type { Part, Table } from "../schema/index.ts";
import type { Guide } from "./guide.ts";
import type { CapturedResponse, Observation, PagePort } from "./page-port.ts";
import type { ReadPart } from "./proof-port.ts";
import { waits, type RunContext } from "./run-context.ts";
import { TreeFailure } from "./tree-failure.ts";

type Fields = Record<string, Json>;

const maxRows = 200;

/** Opens where the part stands, waits until it is there, and reads it. Rejects with a TreeFailure. */
export async function collectPart(
  part: Part,
  { page, definition }: Pick<RunContext, "page" | "definition">,
  guide: Guide,
): Promise<ReadPart> {
  const locale = definition.browser?.locale;
  let mark = part.open === undefined ? -1 : page.observe().revision;
  let lastProblem = "It did not show up.";
  const open = async () => {
    if (part.open === undefined) return;
    mark = page.observe().revision;
    await guide.open(part.open);
  };
  const isHere = ({ url }: Observation) =>
    part.open === undefined || !URL.canParse(url) || new URL(part.open, url).pathname === new URL(url).pathname;
  const fail = (reason: string, code: ErrorCode = "EXTRACTION_FAILED") =>
    new TreeFailure(code, `Part ${part.id}: ${reason}`);

  const readOnce = async (settled: boolean): Promise<ReadPart | null> => {
    const jsonRules = rulesOf(part.read, ({ json }) => json !== undefined);
    const cssRules = rulesOf(part.read, ({ json }) => json === undefined);
    const fields: Fields = {};
    let response: CapturedResponse | null = null;
    if (part.capture) {
      const { method = "GET", ...which } = part.capture.request;
      response = page.response({ method, ...which }, mark);
      if (response === null) return null;
      const refusal = refusalOf(response);
      // A site may first get a 401, renew its token and ask again: the answer that stands is the last.
      if (refusal && !settled) return null;
      if (refusal) throw fail("the site answered with an error", refusal);
      if (response.body === null) throw fail("the response is too large");
      try {
        Object.assign(fields, readJsonFields(response.body, jsonRules));
      } catch (error) {
        throw error instanceof ReadError ? fail(error.message) : error;
      }
    }
    try {
      Object.assign(fields, await readPage(page, cssRules, locale));
      if (part.table) fields[part.id] = await readTable(page, part.table, settled, locale);
    } catch (error) {
      if (!(error instanceof ReadError)) throw error;
      lastProblem = error.message;
      return null;
    }
    return { fields, response };
  };

  await open();
  return guide.reach<ReadPart>({
    reached: async ({ seen, screen }) => {
      if (screen?.finish) throw fail("the tree's end came first", "INSUFFICIENT_DATA");
      return screen?.user || screen?.do ? null : readOnce(seen.settled);
    },
    patience: {
      ms: part.timeout === undefined ? waits.part : parseDuration(part.timeout),
      isHere,
      onTimeout: () => fail(lastProblem),
    },
    resume: async () => {
      if (!isHere(page.observe())) await open();
    },
  });
}

async function readPage(page: PagePort, rules: Record<string, ReadRule>, locale: string | undefined): Promise<Fields> {
  const names = Object.keys(rules);
  if (names.length === 0) return {};
  const [row = []] = await page.readElements(null, Object.values(rules));
  return readFields(rules, (_rule, field) => row[names.indexOf(field)] ?? undefined, locale);
}

/** Only from a settled page: rows may still be on their way. A page without any row is not read as an empty table. */
async function readTable(page: PagePort, table: Table, settled: boolean, locale: string | undefined): Promise<Json> {
  const names = Object.keys(table.read);
  const rows = settled ? await page.readElements(table.rows.css, Object.values(table.read)) : [];
  if (rows.length === 0) throw new ReadError("table", "has no rows");
  return rows.slice(0, table.max ?? maxRows).map((row, index) => {
    try {
      return readFields(table.read, (_rule, field) => row[names.indexOf(field)] ?? undefined, locale);
    } catch (error) {
      throw error instanceof ReadError ? new ReadError(`row ${index + 1}`, error.message) : error;
    }
  });
}

function rulesOf(rules: Part["read"], fits: (rule: ReadRule) => boolean): Record<string, ReadRule> {
  return Object.fromEntries(Object.entries(rules ?? {}).filter(([, rule]) => fits(rule)));
}

function refusalOf({ status }: CapturedResponse): ErrorCode | null {
  if (status < 400) return null;
  if (status === 429) return "PLATFORM_RATE_LIMITED";
  return status >= 500 ? "PLATFORM_UNAVAILABLE" : "EXTRACTION_FAILED";
}
