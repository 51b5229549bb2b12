import { afterAll, beforeAll, expect, it } from "vitest";
import { receivedWebhook } from "./support/partner-record.ts";
import { patience, startTestSystem, type TestSystem } from "./support/start-test-system.ts";

let test: TestSystem;
beforeAll(async () => {
  test = await startTestSystem({ BROWSER_MEMORY: "512" });
});
afterAll(() => test[Symbol.asyncDispose]());

it("a wrong password is shown in the bank's own words, and the right one then succeeds", async () => {
  const user = await test.openEndUser();
  const sessionId = await user.startVerification(test.system.partnerUrl);
  await user.agree();
  await user.logIn("user_good", "not the password");
  await user.frame.getByText("Incorrect username or password").waitFor();
  await user.logIn("user_good", "pass_good");
  await user.enterCode("123456");
  await user.waitForStatus("COMPLETED", patience());
  expect(await test.client.getSession(sessionId)).toMatchObject({ status: "COMPLETED", errorCode: null });
  await user.close();
});

it("a locked account ends in ERROR with its code, on the page, in the API and in the webhook", async () => {
  const user = await test.openEndUser();
  const sessionId = await user.startVerification(test.system.partnerUrl);
  await user.agree();
  await user.logIn("user_locked", "pass_good");
  await user.waitForStatus("ERROR", patience());
  await user.frame.getByText("ACCOUNT_LOCKED").waitFor();
  expect(await test.client.getSession(sessionId)).toMatchObject({
    status: "ERROR",
    errorCode: "ACCOUNT_LOCKED",
    extractedData: null,
  });
  const webhook = await receivedWebhook(test.system.partnerUrl, sessionId, patience());
  expect(webhook.payload).toMatchObject({ status: "ERROR", errorCode: "ACCOUNT_LOCKED", extractedData: null });
  await user.close();
});

it("a page that takes more and more memory ends its own session only", async () => {
  const [user, other] = await Promise.all([test.openEndUser(), test.openEndUser()]);
  const sessionId = await user.startVerification(test.system.partnerUrl);
  await other.startVerification(test.system.partnerUrl);
  await other.agree();
  await other.logIn("user_good", "pass_good");
  await user.agree();
  await user.logIn("user_memoryhog", "pass_good");
  await user.waitForStatus("ERROR", patience());
  expect(await test.client.getSession(sessionId)).toMatchObject({ errorCode: "BROWSER_OUT_OF_MEMORY" });
  await other.enterCode("123456");
  await other.waitForStatus("COMPLETED", patience());
  await Promise.all([user.close(), other.close()]);
});

it("an offer in between is closed by the workflow without troubling the user", async () => {
  const user = await test.openEndUser();
  const sessionId = await user.startVerification(test.system.partnerUrl);
  await user.agree();
  await user.logIn("user_offer", "pass_good");
  await user.enterCode("123456");
  await user.waitForStatus("COMPLETED", patience());
  expect(await test.client.getSession(sessionId)).toMatchObject({ status: "COMPLETED" });
  await user.close();
});

it("a part that cannot be read and is optional gives PARTIAL_COMPLETE with the rest", async () => {
  const user = await test.openEndUser();
  const sessionId = await user.startVerification(test.system.partnerUrl);
  await user.agree();
  await user.logIn("user_nostatements", "pass_good");
  await user.enterCode("123456");
  await user.waitForStatus("PARTIAL_COMPLETE", patience());
  expect(await test.client.getSession(sessionId)).toMatchObject({
    status: "PARTIAL_COMPLETE",
    extractedData: { lastFourDigits: "1234" },
    hasAttestation: true,
  });
  await user.close();
});
