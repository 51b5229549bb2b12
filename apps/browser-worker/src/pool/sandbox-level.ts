import type { Logger } from "pino";
import type { findBubblewrap } from "../sandbox/find-bubblewrap.ts";
import type { Isolation } from "../sandbox/isolation.ts";
import type { checkRenderers } from "../sandbox/renderer-check.ts";
import type { SlotBrowser } from "./launch-browser.ts";
import type { Slot } from "./slot.ts";

export interface CheckedBrowser {
  isolation: Isolation;
  version: string;
}

export interface CheckOptions {
  slot: Slot;
  launch: (slot: Slot, isolation: Isolation) => Promise<SlotBrowser>;
  /** What a program in the browser's place finds that it should not. */
  probe: (slot: Slot, isolation: Isolation) => Promise<string[]>;
  findBubblewrap: typeof findBubblewrap;
  checkRenderers: typeof checkRenderers;
  /** Below this the worker does not run. */
  minimum: "L1" | "L2";
  allowNoSandbox: boolean;
  log: Logger;
}

const remedy =
  "Chromium's sandbox needs unprivileged user namespaces: on Ubuntu set kernel.apparmor_restrict_unprivileged_userns=0 or give Chromium and bwrap an AppArmor profile; in a container allow clone, unshare, setns and mount in the seccomp profile.";

/**
 * Finds the highest level of isolation that holds here, by starting a browser in it and looking. Throws, so that
 * the worker does not become ready, where none does, unless running without was allowed by name.
 */
export async function checkSandbox(options: CheckOptions): Promise<CheckedBrowser> {
  const { minimum, allowNoSandbox, log } = options;
  const bubblewrap = await options.findBubblewrap();
  let problem: string;
  if ("found" in bubblewrap) {
    try {
      return await check(options, { level: "L2", programs: bubblewrap.found });
    } catch (error) {
      problem = textOf(error);
    }
  } else problem = bubblewrap.missing;
  if (minimum === "L2") throw new Error(`MIN_ISOLATION is L2, and level L2 does not hold here: ${problem}. ${remedy}`);
  log.warn(
    { problem, remedy },
    "isolation level L2 does not hold here: browsers share this machine's network and files (level L1)",
  );
  try {
    return await check(options, { level: "L1" });
  } catch (error) {
    if (!allowNoSandbox)
      throw new Error(
        `The browser's self-check failed: ${textOf(error)}. ${remedy} For tests only: ALLOW_NO_SANDBOX=1.`,
        {
          cause: error,
        },
      );
    log.warn(
      { err: error },
      "RUNNING WITHOUT A SANDBOX: any page can take over this machine's user. Never for real users.",
    );
    await using checked = disposable(await options.launch(options.slot, { level: "L0" }));
    return { isolation: { level: "L0" }, version: checked.browser.version() };
  }
}

/** Throws with what does not hold. */
async function check(options: CheckOptions, isolation: Isolation): Promise<CheckedBrowser> {
  const { slot, launch, probe } = options;
  const findings = isolation.level === "L2" ? await probe(slot, isolation) : [];
  await using checked = disposable(await launch(slot, isolation));
  const page = await checked.browser.newPage();
  await page.goto("about:blank");
  findings.push(...(await options.checkRenderers(checked.pid)).map(({ problem }) => `a renderer: ${problem}`));
  if (findings.length > 0) throw new Error(`the sandbox has holes: ${findings.join(", ")}`);
  return { isolation, version: checked.browser.version() };
}

const textOf = (error: unknown) => (error instanceof Error ? error.message : String(error));

function disposable(browser: SlotBrowser): SlotBrowser & AsyncDisposable {
  return Object.assign(browser, { [Symbol.asyncDispose]: () => browser.dispose() });
}
