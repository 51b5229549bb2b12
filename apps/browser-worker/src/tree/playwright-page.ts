import type { ErrorCode } from "@attestream/shared";
import { isAllowedHost, ownHosts, TreeFailure, type PagePort, type RequestPattern } from "@attestream/workflow";
import type { BrowserContext, Page, Request } from "playwright";
import { actOnPage, clickRow } from "./act-on-page.ts";
import { captureResponses } from "./capture-responses.ts";
import { enterText } from "./enter-text.ts";
import { findElement } from "./find-elements.ts";
import { navigationFailure } from "./navigation-failure.ts";
import { PageActivity } from "./page-activity.ts";
import { readElements } from "./read-elements.ts";
import { withinTime } from "../within-time.ts";
import { watchMutations } from "./watch-mutations.ts";

const navigationTimeoutMs = 30_000;
const textTimeoutMs = 2_000;
/** A page that does not say what is on it for so long is hung, be it by its own scripts or by a regex of the tree. */
const answerMs = 30_000;

/** Requests whose end may change what is to be seen. Pictures, media and endless streams are not waited for. */
const awaitedTypes = new Set(["document", "stylesheet", "script", "xhr", "fetch"]);

interface PageState {
  documentId: string;
  status: number | null;
  failure: ErrorCode | null;
}

export interface PlaywrightPageOptions {
  context: BrowserContext;
  /** The page that the user sees now: the top of the stack of windows. */
  page: () => Page;
  /** Pixels that the browser's input counts per CSS pixel of the page. */
  magnification?: () => number;
  allow: readonly string[];
  captures: readonly RequestPattern[];
  now: () => Date;
  /** How long a page may take to say what is on it. */
  answerWithinMs?: number;
  /** Ends the watching. */
  signal: AbortSignal;
}

/** The runner's page port over a Playwright context. Resolves once the current page is watched. */
export async function createPlaywrightPage({
  context,
  page,
  magnification = () => 1,
  allow,
  captures,
  now,
  answerWithinMs = answerMs,
  signal,
}: PlaywrightPageOptions): Promise<PagePort> {
  const within = <T>(ms: number, work: Promise<T>) =>
    withinTime(ms, work, () => new TreeFailure("PLATFORM_TIMEOUT", "The page does not say what is on it."));
  const answered = <T>(work: Promise<T>) => within(answerWithinMs, work);
  const activity = new PageActivity(() => now().getTime());
  const states = new Map<Page, PageState>();
  const isAllowed = (url: string) => URL.canParse(url) && isAllowedHost(allow, new URL(url).hostname);

  // A window that the page opened and that led elsewhere is closed, and the first page goes on.
  const first = context.pages()[0];

  const stateOf = (which: Page): PageState => {
    const known = states.get(which);
    if (known) return known;
    const fresh: PageState = { documentId: `page-${states.size + 1}`, status: null, failure: null };
    states.set(which, fresh);
    return fresh;
  };

  const isMainNavigation = (request: Request): Page | null => {
    if (!request.isNavigationRequest()) return null;
    try {
      const frame = request.frame();
      return frame.parentFrame() === null ? frame.page() : null;
    } catch {
      // The page is not made yet, or is gone.
      return null;
    }
  };

  const watch = async (which: Page) => {
    const state = stateOf(which);
    which.on("crash", () => {
      state.failure = "BROWSER_CRASHED";
      activity.noticed();
    });
    which.on("close", () => activity.navigated());
    which.on("framenavigated", () => activity.navigated());
    await watchMutations(context, which, {
      mutated: () => activity.noticed(),
      documentChanged: ({ documentId, isErrorPage }) => {
        state.documentId = documentId;
        // Word of a document may come after word of the crash that took it.
        if (!isErrorPage && state.failure !== "BROWSER_CRASHED") state.failure = null;
        activity.navigated();
      },
    });
  };

  const onRequest = (request: Request) => {
    if (!awaitedTypes.has(request.resourceType())) return;
    activity.began(request, isMainNavigation(request) !== null || request.method() !== "GET" ? "deed" : "reading");
  };
  const onResponse = (response: { request(): Request; status(): number }) => {
    const main = isMainNavigation(response.request());
    if (!main) return;
    const state = stateOf(main);
    state.status = response.status();
    // The egress proxy answers a plain-http request to a forbidden host itself.
    if (!isAllowed(response.request().url()) && main === first) state.failure = "NAVIGATION_BLOCKED";
  };
  const onFinished = (request: Request) => activity.ended(request);
  const onFailed = (request: Request) => {
    const main = isMainNavigation(request);
    const failure = main && navigationFailure(request.failure()?.errorText ?? "", isAllowed(request.url()));
    if (main && failure && (failure !== "NAVIGATION_BLOCKED" || main === first)) stateOf(main).failure ??= failure;
    activity.ended(request);
  };
  // What the window showed before it was watched is news as well. One that closes at once cannot be
  // watched, and need not be.
  const onPage = (opened: Page) =>
    void watch(opened).then(
      () => activity.navigated(),
      () => activity.noticed(),
    );
  context
    .on("request", onRequest)
    .on("response", onResponse)
    .on("requestfinished", onFinished)
    .on("requestfailed", onFailed)
    .on("page", onPage);
  const buffer = captureResponses(context, captures, ownHosts(allow), activity, signal);
  signal.addEventListener(
    "abort",
    () => {
      context
        .off("request", onRequest)
        .off("response", onResponse)
        .off("requestfinished", onFinished)
        .off("requestfailed", onFailed)
        .off("page", onPage);
      activity.dispose();
    },
    { once: true },
  );
  await Promise.all(context.pages().map(watch));

  return {
    observe() {
      const current = page();
      const { documentId, status, failure } = stateOf(current);
      return {
        revision: activity.revision,
        documentId,
        url: current.url(),
        settled: activity.settled,
        status,
        failure: current.isClosed() ? "BROWSER_CRASHED" : failure,
      };
    },
    changed: (revision, until) => activity.changed(revision, until),
    find: async (locator) => (await answered(findElement(page(), locator))) !== null,
    async text(locator) {
      const element = await answered(findElement(page(), locator));
      return element === null ? null : element.innerText({ timeout: textTimeoutMs }).catch(() => null);
    },
    readElements: (rowsCss, sources) => within(4 * answerWithinMs, readElements(page(), rowsCss, sources)),
    response: (request, afterRevision) => buffer.newest(request, afterRevision),
    async open(url) {
      if (!isAllowed(url)) return "NAVIGATION_BLOCKED";
      try {
        await page().goto(url, { waitUntil: "commit", timeout: navigationTimeoutMs });
        return null;
      } catch (error) {
        return navigationFailure(error instanceof Error ? error.message : "", true);
      }
    },
    clickRow: (rowsCss, index) => clickRow(page(), rowsCss, index, magnification()),
    enter: (at, text, until) => enterText(page(), at, text, until),
    act: (action) => actOnPage(page(), action, magnification()),
  };
}
