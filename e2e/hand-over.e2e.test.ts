import { expect, it } from "vitest";
import { patience, startTestSystem } from "./support/start-test-system.ts";

const phone = { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true, deviceScaleFactor: 2 };

it("what was begun at a desk goes on on a phone, for nobody else with the link; the desk waits, and hears the end", async () => {
  await using test = await startTestSystem();
  const desk = await test.openEndUser();
  const sessionId = await desk.startVerification(test.system.partnerUrl);
  await desk.agree();
  await desk.waitForChallenge("login");
  await desk.frame.getByRole("button", { name: "Use another device" }).click();
  const link = await desk.frame.getByRole("textbox", { name: "Link for the other device" }).inputValue();

  const context = await test.browser.newContext(phone);
  const there = await context.newPage();
  await there.goto(link);
  await there.getByRole("button", { name: "Continue here" }).click();
  const password = there.getByLabel("Password", { exact: true });
  await password.waitFor();
  await desk.frame.locator("[data-screen=elsewhere]").waitFor();
  await there.getByLabel("Username", { exact: true }).fill("user_good");
  await password.fill("pass_good");
  await there.locator(".turn-form").getByRole("button", { name: "Log in", exact: true }).click();

  const stranger = await (await test.browser.newContext(phone)).newPage();
  await stranger.goto(link);
  await stranger.getByRole("button", { name: "Continue here" }).click();
  await stranger.locator("[data-screen=refused-linkUsed]").waitFor();

  await there.getByLabel("Security code", { exact: true }).fill("123456");
  await there.locator(".turn-form").getByRole("button", { name: "Verify", exact: true }).click();
  await desk.waitForStatus("COMPLETED", patience());
  expect(await test.client.getSession(sessionId)).toMatchObject({ status: "COMPLETED", errorCode: null });
});
