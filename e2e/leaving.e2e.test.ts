import { afterAll, beforeAll, expect, it } from "vitest";
import { receivedWebhook } from "./support/partner-record.ts";
import { patience, startTestSystem, type TestSystem } from "./support/start-test-system.ts";

let test: TestSystem;
beforeAll(async () => {
  test = await startTestSystem();
});
afterAll(() => test[Symbol.asyncDispose]());

it("cancelling in the frame ends in CANCELLED with its webhook", async () => {
  const user = await test.openEndUser();
  const sessionId = await user.startVerification(test.system.partnerUrl);
  await user.agree();
  await user.waitForChallenge("login");
  await user.cancel();
  await user.waitForStatus("CANCELLED", patience());
  expect(await test.client.getSession(sessionId)).toMatchObject({
    status: "CANCELLED",
    statusReason: { code: "USER_CANCELLED" },
    errorCode: null,
  });
  const webhook = await receivedWebhook(test.system.partnerUrl, sessionId, patience());
  expect(webhook.payload).toMatchObject({ status: "CANCELLED" });
  await user.close();
});

it("declining to share ends in CANCELLED before the platform is opened", async () => {
  const user = await test.openEndUser();
  const sessionId = await user.startVerification(test.system.partnerUrl);
  await user.frame.getByRole("button", { name: /decline|do not|don.t/i }).click();
  await user.waitForStatus("CANCELLED", patience());
  expect(await test.client.getSession(sessionId)).toMatchObject({ statusReason: { code: "CONSENT_DECLINED" } });
  await user.close();
});

it("reloading the frame in the middle goes on in the same browser", async () => {
  const user = await test.openEndUser();
  const sessionId = await user.startVerification(test.system.partnerUrl);
  await user.agree();
  await user.logIn("user_good", "pass_good");
  await user.waitForChallenge("otp");
  const frame = user.page.frames().find((candidate) => candidate.url().includes("/verify/"));
  await frame?.evaluate("location.reload()");
  await user.enterCode("123456");
  await user.waitForStatus("COMPLETED", patience());
  expect(await test.client.getSession(sessionId)).toMatchObject({ status: "COMPLETED" });
  await user.close();
});

it("a fresh link does not take over a session that is connected", async () => {
  const user = await test.openEndUser();
  const created = await test.client.createSession({ platformId: 1 });
  const { embedUrl } = await test.client.getSession(created.sessionId);
  await user.page.goto(created.embedUrl);
  await user.page.getByRole("button", { name: /^agree/i }).click();
  await user.page.locator('[data-challenge="login"]').waitFor();
  const stranger = await test.openEndUser();
  await stranger.page.goto(embedUrl);
  await stranger.page
    .getByText(/another window/i)
    .first()
    .waitFor();
  const held = await test.client.getSession(created.sessionId);
  expect(held).toMatchObject({ status: "AWAITING_USER", embedUrl: expect.not.stringContaining("token=") });
  await stranger.close();
  await user.close();
});
