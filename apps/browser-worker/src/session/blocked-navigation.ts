import type { BrowserContext, Page, Request } from "playwright";

/** Windows that open at once and are not there yet; more of them than a session may have pages. */
const mostEarly = 20;

/**
 * Tells when a page was led to a host that the egress proxy refuses: it then shows the browser's own
 * error page, from which nobody gets on.
 */
export function watchBlockedNavigation(options: {
  context: BrowserContext;
  blockedHosts: () => ReadonlySet<string>;
  onBlocked: (page: Page, host: string) => void;
}): void {
  const { context, blockedHosts, onBlocked } = options;
  /** Refused before their page was made. */
  let early: Request[] = [];
  const check = (request: Request) => {
    const { hostname } = new URL(request.url());
    if (!request.isNavigationRequest() || !blockedHosts().has(hostname)) return;
    let frame;
    try {
      frame = request.frame();
    } catch {
      early = [...early, request].slice(-mostEarly);
      return;
    }
    if (frame.parentFrame() === null) onBlocked(frame.page(), hostname);
  };
  context.on("requestfailed", check);
  // Plain http is forwarded, not tunnelled: the proxy's refusal looks like the site's own answer.
  context.on("response", (response) => {
    if (response.status() === 403) check(response.request());
  });
  context.on("page", () => {
    const waiting = early;
    early = [];
    for (const request of waiting) check(request);
  });
}
