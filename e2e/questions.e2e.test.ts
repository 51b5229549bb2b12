import { afterAll, beforeAll, expect, it } from "vitest";
import { patience, startTestSystem, type TestSystem } from "./support/start-test-system.ts";

let test: TestSystem;
beforeAll(async () => {
  test = await startTestSystem();
});
afterAll(() => test[Symbol.asyncDispose]());

it("a choice that the page offers is made by a button of the frame", async () => {
  const user = await test.openEndUser();
  const sessionId = await user.startVerification(test.system.partnerUrl);
  await user.agree();
  await user.logIn("user_choice", "pass_good");
  await user.enterCode("123456");
  await user.waitForChallenge("choice");
  await user.frame.getByRole("button", { name: "Rainy Day Savings •••• 5678" }).click();
  await user.waitForStatus("COMPLETED", patience());
  expect(await test.client.getSession(sessionId)).toMatchObject({
    status: "COMPLETED",
    extractedData: { accountType: "savings", lastFourDigits: "5678" },
  });
  await user.close();
});

it("a security question is shown in the bank's own words and answered in the page", async () => {
  const user = await test.openEndUser();
  const sessionId = await user.startVerification(test.system.partnerUrl);
  await user.agree();
  await user.logIn("user_question", "pass_good");
  await user.waitForChallenge("question");
  await user.frame.getByText("What was the name of your first pet?", { exact: true }).waitFor();
  await user.type("Rex");
  await user.press("Enter");
  await user.frame.getByText("That answer is not correct").waitFor();
  await user.type("Biscuit");
  await user.press("Enter");
  await user.waitForStatus("COMPLETED", patience());
  expect(await test.client.getSession(sessionId)).toMatchObject({ status: "COMPLETED", errorCode: null });
  await user.close();
});
