import { afterAll, beforeAll, expect, it } from "vitest";
import type { Browser } from "playwright";
import { findChromium } from "@attestream/browser-worker/find-chromium";
import { EndUser } from "@attestream/standalone/end-user";
import { launchViewerBrowser } from "@attestream/standalone/viewer-browser";
import { BreakableNetwork } from "./support/breakable-network.ts";
import { patience, startTestSystem, type TestSystem } from "./support/start-test-system.ts";

let test: TestSystem;
let network: BreakableNetwork;
let browser: Browser;
beforeAll(async () => {
  test = await startTestSystem();
  const api = new URL(test.system.apiUrl);
  network = await BreakableNetwork.to(Number(api.port));
  // The user's browser alone goes this way; the worker and the partner have their own.
  browser = await launchViewerBrowser((await findChromium(undefined)).path, [
    `--host-resolver-rules=MAP ${api.host} 127.0.0.1:${network.port}`,
  ]);
});
afterAll(async () => {
  await browser?.close();
  await network?.[Symbol.asyncDispose]();
  await test?.[Symbol.asyncDispose]();
});

it("a user whose network breaks twice sees it, gets picture, control and keyboard back, and is verified", async () => {
  const user = await EndUser.open({ browser, viewport: { width: 1100, height: 860 } });
  const sessionId = await user.startVerification(test.system.partnerUrl);
  await user.agree();
  await user.waitForChallenge("login");

  /** What is typed meanwhile goes nowhere; afterwards it goes on without a click. */
  const breakAndMend = async () => {
    network.break();
    await user.frame.getByRole("heading", { name: "The connection was lost" }).waitFor();
    await user.frame.locator(".link-reconnecting").waitFor();
    await user.page.keyboard.type("lost");
    network.mend();
    await user.frame.locator(".veil").waitFor({ state: "detached" });
    await user.frame.locator(".link-connected").waitFor();
    expect(await user.frame.locator(".keyboard-target:focus").count()).toBe(1);
  };

  // The keyboard is on the page: from here on nothing gives it the focus again. Nothing is typed when the
  // network breaks, since what is on its way then is lost, as it is in any browser.
  await user.type("");
  await breakAndMend();
  for (const [text, key] of [
    ["user_good", "Tab"],
    ["pass_good", "Enter"],
  ] as const) {
    await user.page.keyboard.type(text, { delay: 15 });
    await user.press(key);
  }
  await user.waitForChallenge("otp");
  await breakAndMend();
  await user.page.keyboard.type("123456", { delay: 15 });
  await user.press("Enter");
  await user.waitForStatus("COMPLETED", patience());
  expect(await test.client.getSession(sessionId)).toMatchObject({ status: "COMPLETED", errorCode: null });
});
