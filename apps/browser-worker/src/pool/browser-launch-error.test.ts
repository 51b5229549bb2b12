import { expect, it } from "vitest";
import { BrowserLaunchError } from "./browser-launch-error.ts";

const log = (lines: string[]) =>
  new Error(
    ["browserType.launch: Target page, context or browser has been closed", "<launching> --many-flags", ...lines].join(
      "\n",
    ),
  );

it("says what the browser said, once, and none of the flags", () => {
  const said = "  - [pid=12][err] No usable sandbox!";
  const { message } = new BrowserLaunchError("/opt/chrome", log([said, said]));
  expect(message).toBe(
    "/opt/chrome did not start: No usable sandbox!. Run it by hand to see more, or point CHROMIUM_PATH to another Chromium.",
  );
});

it("says how it ended when it said nothing", () => {
  const { message } = new BrowserLaunchError(
    "/bin/false",
    log(["  - [pid=12] <process did exit: exitCode=1, signal=null>"]),
  );
  expect(message).toMatch(/^\/bin\/false did not start: exitCode=1, signal=null\./);
});
