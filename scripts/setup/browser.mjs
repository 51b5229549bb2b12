import { existsSync } from "node:fs";
import { join } from "node:path";
import { ensureDebianPackages } from "./debian.mjs";
import { execute, SetupError, step } from "./steps.mjs";

const debianPackages = ["chromium-headless-shell", "libnss3-tools", "bubblewrap", "socat", "fonts-liberation"];

/**
 * A Chromium for the workers: an installed one, else Playwright's download, else Debian's packages.
 * What counts as installed is the worker's own decision, so it is asked.
 */
export async function ensureBrowser(root, node) {
  const found = await findBrowser(root, node);
  // What the operator names is not ours to replace.
  if (found.code !== 0 && process.env.CHROMIUM_PATH) throw new SetupError(found.output.trim());
  if (found.code !== 0) {
    const downloaded = await step("Chromium from Playwright", async () => {
      const cli = join(root, "apps/browser-worker/node_modules/playwright/cli.js");
      const { code } = await execute(node, [cli, "install", "chromium-headless-shell"], {
        env: { ...process.env, PLAYWRIGHT_DOWNLOAD_CONNECTION_TIMEOUT: "10000" },
      });
      return code === 0;
    });
    // A download without its system libraries does not run; the packages bring both.
    if (!downloaded || (await findBrowser(root, node)).code !== 0) {
      await ensureDebianPackages(debianPackages, "Attestream needs a Chromium.");
      if ((await findBrowser(root, node)).code !== 0)
        throw new SetupError("Chromium was installed but does not start. Set CHROMIUM_PATH to one that does.");
    }
  }
  if (!existsSync("/usr/bin/certutil") && (await execute("certutil", ["-H"])).code === 127) {
    await ensureDebianPackages(
      ["libnss3-tools"],
      "Attestream needs certutil, to let its browsers trust the development certificates.",
    );
  }
  if (process.platform === "linux" && !(existsSync("/usr/bin/bwrap") && existsSync("/usr/bin/socat")))
    await ensureDebianPackages(
      ["bubblewrap", "socat"],
      "Attestream keeps its browsers apart with bubblewrap and socat.",
    );
}

function findBrowser(root, node) {
  return execute(node, ["--conditions=@attestream/source", "apps/browser-worker/src/find-browser.ts"], { cwd: root });
}
