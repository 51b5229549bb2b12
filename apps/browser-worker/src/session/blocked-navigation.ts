import type { Page } from "playwright";

/**
 * Tells when the session's first page was led to a host that the egress proxy refuses: it then shows
 * the browser's own error page, from which nobody gets on. Windows that the page opened are not watched.
 */
export function watchBlockedNavigation(options: {
  page: Page;
  refusals: () => ReadonlyMap<string, number>;
  onBlocked: () => void;
}): void {
  const { page, refusals, onBlocked } = options;
  page.on("requestfailed", (request) => {
    if (!request.isNavigationRequest() || request.frame() !== page.mainFrame()) return;
    if (refusals().has(new URL(request.url()).hostname)) onBlocked();
  });
  page.on("response", (response) => {
    // Plain http is forwarded, not tunnelled: the proxy's refusal looks like the site's own answer.
    const request = response.request();
    if (response.status() !== 403 || !request.isNavigationRequest() || request.frame() !== page.mainFrame()) return;
    if (refusals().has(new URL(response.url()).hostname)) onBlocked();
  });
}
