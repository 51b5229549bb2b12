import { existsSync } from "node:fs";
import { chromium, type Browser } from "playwright";

/** The end user's browser: Debian's headless shell where it is installed, else Playwright's own. No sandbox: it shows nothing but our own page. */
export function launchViewer(): Promise<Browser> {
  const debian = "/usr/lib/chromium/chromium-headless-shell";
  return chromium.launch({ chromiumSandbox: false, ...(existsSync(debian) ? { executablePath: debian } : {}) });
}
