import type { Logger } from "pino";
import { checkRenderers } from "../sandbox/renderer-check.ts";
import type { SlotBrowser } from "./launch-browser.ts";
import type { Slot } from "./slot.ts";

export type IsolationLevel = "L0" | "L1";

export interface CheckedBrowser {
  level: IsolationLevel;
  version: string;
}

const remedy =
  "Chromium's sandbox needs unprivileged user namespaces: on Ubuntu set kernel.apparmor_restrict_unprivileged_userns=0 or give Chromium an AppArmor profile; in a container allow clone, unshare and setns in the seccomp profile. For tests only: ALLOW_NO_SANDBOX=1.";

/**
 * Starts one browser and looks whether its renderers are really sandboxed. Throws, so that the worker
 * does not become ready, unless running without was allowed by name.
 */
export async function checkSandbox(options: {
  slot: Slot;
  launch: (slot: Slot, sandbox: boolean) => Promise<SlotBrowser>;
  allowNoSandbox: boolean;
  log: Logger;
}): Promise<CheckedBrowser> {
  const { slot, launch, allowNoSandbox, log } = options;
  try {
    await using checked = disposable(await launch(slot, true));
    const page = await checked.browser.newPage();
    await page.goto("about:blank");
    const findings = await checkRenderers(checked.pid);
    if (findings.length > 0)
      throw new Error(
        `the renderers are not sandboxed: ${findings.map(({ problem }) => problem).join(", ")}. ${remedy}`,
      );
    return { level: "L1", version: checked.browser.version() };
  } catch (error) {
    if (!allowNoSandbox)
      throw new Error(`The browser's self-check failed: ${error instanceof Error ? error.message : String(error)}`, {
        cause: error,
      });
    log.warn(
      { err: error },
      "RUNNING WITHOUT A SANDBOX: any page can take over this machine's user. Never for real users.",
    );
    await using checked = disposable(await launch(slot, false));
    return { level: "L0", version: checked.browser.version() };
  }
}

function disposable(browser: SlotBrowser): SlotBrowser & AsyncDisposable {
  return Object.assign(browser, { [Symbol.asyncDispose]: () => browser.dispose() });
}
