import { afterAll, beforeAll, expect, it } from "vitest";
import { FirefoxUser } from "./support/firefox-user.ts";
import { startTestSystem, type TestSystem } from "./support/start-test-system.ts";

let test: TestSystem;
let user: FirefoxUser;
beforeAll(async () => {
  user = await FirefoxUser.open();
  test = await startTestSystem();
});
afterAll(async () => {
  await test?.[Symbol.asyncDispose]();
  await user?.[Symbol.asyncDispose]();
});

it("a user with Firefox sees the page, types into it and is verified", async () => {
  const sessionId = await user.startVerification(test.system.partnerUrl);
  await user.agree();
  await user.waitForChallenge("login");
  await expect.poll(() => user.coloursOfPicture(), { timeout: 20_000 }).toBeGreaterThan(20);
  await user.type("user_good");
  await user.press("Tab");
  await user.type("pass_good");
  await user.press("Enter");
  await user.waitForChallenge("otp");
  await user.type("123456");
  await user.press("Enter");
  await user.waitForScreen("completed");
  expect(await test.client.getSession(sessionId)).toMatchObject({ status: "COMPLETED", hasAttestation: true });
});
