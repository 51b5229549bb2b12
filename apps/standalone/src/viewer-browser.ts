import { chromium, type Browser } from "playwright";

/**
 * The end user's own Chromium. Playwright switches the partitioning of third-party storage off; real
 * users have it on, and the frame must live with it, so it is turned on again, and third-party
 * cookies are blocked.
 *
 * It shows our own pages only, so it may run without a sandbox, which Chromium refuses to root.
 */
export function launchViewerBrowser(executablePath: string, more: readonly string[] = []): Promise<Browser> {
  return chromium.launch({
    executablePath,
    chromiumSandbox: process.getuid?.() !== 0,
    // Playwright would end this process there and then; what it has started must be stopped first.
    handleSIGINT: false,
    args: [
      "--disable-features=OptimizationHints",
      "--enable-features=ThirdPartyStoragePartitioning",
      "--test-third-party-cookie-phaseout",
      ...more,
    ],
  });
}
