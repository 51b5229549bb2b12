import { constants } from "node:fs";
import { access } from "node:fs/promises";
import { chromium } from "playwright";

export interface ChromiumBinary {
  path: string;
  product: "chromium-headless-shell" | "chromium";
}

// The programs themselves: Debian's /usr/bin wrappers add keys and extensions of their own.
const debianShell = "/usr/lib/chromium/chromium-headless-shell";
const debianFull = "/usr/lib/chromium/chromium";

const remedy =
  "Install one: `npx playwright install --only-shell chromium`, or on Debian `apt-get install chromium-headless-shell`. Or point CHROMIUM_PATH to a Chromium binary.";

/** Throws an Error that names the remedy. */
export async function findChromium(configuredPath: string | undefined): Promise<ChromiumBinary> {
  if (configuredPath !== undefined) {
    if (await isRunnable(configuredPath)) return { path: configuredPath, product: productOf(configuredPath) };
    throw new Error(`CHROMIUM_PATH: ${configuredPath} is not an executable file. ${remedy}`);
  }
  const playwrightFull = chromium.executablePath();
  const playwrightShell = playwrightFull.replace(
    /chromium-(\d+)\/chrome-(\w+)\/chrome$/,
    "chromium_headless_shell-$1/chrome-headless-shell-$2/chrome-headless-shell",
  );
  for (const path of [debianShell, playwrightShell, debianFull, playwrightFull]) {
    if (await isRunnable(path)) return { path, product: productOf(path) };
  }
  throw new Error(`No Chromium was found. ${remedy}`);
}

function productOf(path: string): ChromiumBinary["product"] {
  return /headless[-_]shell/.test(path.split("/").at(-1) ?? "") ? "chromium-headless-shell" : "chromium";
}

async function isRunnable(path: string): Promise<boolean> {
  return access(path, constants.X_OK).then(
    () => true,
    () => false,
  );
}
