import type { ErrorCode } from "@attestream/shared";
import { alternativesOf, type Locator, type SingleLocator } from "../../schema/index.ts";
import { matchesText, parseTextPattern } from "../../extract/index.ts";
import type { Clock } from "../clock.ts";
import type { CapturedResponse, Observation, PageAction, PagePort } from "../page-port.ts";

/** One state of a scripted site. */
export interface FakePage {
  url: string;
  /** Visible elements: `"button Log in"`, `"label Username"`, `"text Your account is locked"`, `"css .x"`. */
  shows?: string[];
  settled?: boolean;
  status?: number;
  failure?: ErrorCode;
  /** Table rows for any rows selector, and page-level css -> text. */
  rows?: (string | null)[][];
  texts?: Record<string, string>;
  /** A response that arrives with this page; without a body, one that is too large. */
  response?: { url: string; status?: number; body: unknown };
}

export interface FakeSite extends PagePort {
  /** The site moves on: a new document unless told otherwise. */
  show(page: FakePage, options?: { sameDocument?: boolean }): void;
  readonly acts: PageAction[];
  readonly opened: string[];
  /** Indexes of the rows that were clicked. */
  readonly picked: number[];
  /** What was typed into which field, by its label or css. */
  readonly entered: string[];
}

/** A site of scripted pages. `onOpen` and `onAct` decide what an address or an action leads to; undefined leaves all as it is. */
export function createFakeSite(script: {
  onOpen: (url: string, site: FakeSite) => FakePage | ErrorCode | undefined;
  onAct?: (action: PageAction, site: FakeSite) => void | boolean;
  onEnter?: (text: string, site: FakeSite) => void;
  onPick?: (index: number, site: FakeSite) => void | boolean;
}): FakeSite {
  let revision = 0;
  let documents = 0;
  let now: FakePage = { url: "about:blank" };
  let response: (CapturedResponse & { revision: number }) | null = null;
  let change = Promise.withResolvers<void>();

  const shows = ({ role, name, label, text, testId, css }: SingleLocator) =>
    (now.shows ?? []).find((element) => {
      const [kind = "", ...rest] = element.split(" ");
      const said = rest.join(" ");
      const fits = (written: string | undefined) =>
        written === undefined || matchesText(parseTextPattern(written), said);
      if (role !== undefined) return kind === role && fits(name);
      if (label !== undefined) return kind === "label" && fits(label);
      if (text !== undefined) return kind === "text" && fits(text);
      return testId === undefined ? element === `css ${css}` : element === `testid ${testId}`;
    });
  const first = (locator: Locator) =>
    alternativesOf(locator)
      .map(shows)
      .find((found) => found !== undefined);

  const site: FakeSite = {
    acts: [],
    opened: [],
    picked: [],
    entered: [],
    show(page, options) {
      now = page;
      revision += 1;
      if (options?.sameDocument !== true) documents += 1;
      if (page.response)
        response = {
          url: page.response.url,
          status: page.response.status ?? 200,
          body:
            typeof page.response.body === "string" ? page.response.body : (JSON.stringify(page.response.body) ?? null),
          revision,
        };
      change.resolve();
      change = Promise.withResolvers();
    },
    observe: (): Observation => ({
      revision,
      documentId: `document-${documents}`,
      url: now.url,
      settled: now.settled ?? true,
      status: now.status ?? 200,
      failure: now.failure ?? null,
    }),
    async changed(after, signal) {
      signal.throwIfAborted();
      const aborted = Promise.withResolvers<never>();
      signal.addEventListener("abort", () => aborted.reject(signal.reason as Error), { once: true });
      while (site.observe().revision <= after) await Promise.race([change.promise, aborted.promise]);
    },
    find: async (locator) => first(locator) !== undefined,
    text: async (locator) => first(locator)?.split(" ").slice(1).join(" ") ?? null,
    readElements: async (rowsCss, sources) =>
      rowsCss === null
        ? [sources.map(({ css }) => now.texts?.[css ?? ""] ?? null)]
        : (now.rows ?? []).map((row) => sources.map(({ cell }) => row[Number(cell ?? 1) - 1] ?? null)),
    async clickRow(_rowsCss, index) {
      site.picked.push(index);
      return script.onPick?.(index, site) ?? true;
    },
    response: (_request, after) => (response !== null && response.revision > after ? response : null),
    async open(url) {
      site.opened.push(url);
      const next = script.onOpen(url, site);
      if (typeof next === "string") return next;
      if (next) site.show(next);
      return null;
    },
    async enter(at, text) {
      const field = first(at);
      if (field === undefined) return false;
      site.entered.push(`${field}: ${text}`);
      script.onEnter?.(text, site);
      return true;
    },
    async act(action) {
      site.acts.push(action);
      return script.onAct?.(action, site) ?? true;
    },
  };
  return site;
}

export interface FakeClock extends Clock {
  /** Lets time pass: due waits end in their order, each with all that follows from it. */
  pass(ms: number): Promise<void>;
  readonly waiting: number;
}

export function createFakeClock(): FakeClock {
  let now = Date.UTC(2026, 0, 1);
  const waits = new Set<{ at: number; resolve: () => void }>();
  return {
    now: () => new Date(now),
    wait(ms, signal) {
      const { promise, resolve, reject } = Promise.withResolvers<void>();
      if (signal.aborted) reject(signal.reason as Error);
      const entry = { at: now + ms, resolve };
      waits.add(entry);
      signal.addEventListener(
        "abort",
        () => {
          waits.delete(entry);
          reject(signal.reason as Error);
        },
        { once: true },
      );
      return promise;
    },
    async pass(ms) {
      const end = now + ms;
      await idle();
      for (;;) {
        const [due] = [...waits].filter(({ at }) => at <= end).sort((a, b) => a.at - b.at);
        if (!due) break;
        now = Math.max(now, due.at);
        waits.delete(due);
        due.resolve();
        await idle();
      }
      now = end;
    },
    get waiting() {
      return waits.size;
    },
  };
}

/** Until all that can happen without time or page changes has happened: fakes only use microtasks. */
export async function idle(): Promise<void> {
  await new Promise((resolve) => setImmediate(resolve));
}
