import { chromium, type Browser } from "playwright";
import { findChromium } from "../sandbox/find-chromium.ts";

/**
 * A Chromium for which the platform's hosts are the test site and nothing else exists, so that a test
 * cannot reach the real platform. The worker's own launcher is for the real ones.
 */
export async function launchTestBrowser(options: {
  allow: readonly string[];
  address: string;
  chromiumPath: string | undefined;
}): Promise<Browser> {
  const { path } = await findChromium(options.chromiumPath);
  const rules = options.allow.map((host) => `MAP ${host} ${options.address}`);
  return chromium.launch({
    executablePath: path,
    // Chromium's sandbox does not run as root, and the only site here is the author's own.
    chromiumSandbox: process.getuid?.() !== 0,
    handleSIGINT: false,
    args: [`--host-resolver-rules=${[...rules, "MAP * ~NOTFOUND", "EXCLUDE 127.0.0.1"].join(", ")}`],
  });
}
