import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { expect, it } from "vitest";
import type { EndUser } from "@attestream/standalone/end-user";
import { patience, startTestSystem } from "./support/start-test-system.ts";

it("on a phone the bank's fields are the phone's own: a wrong password, the right one, the code", async () => {
  await using test = await startTestSystem();
  const user = await test.openEndUser({
    viewport: { width: 390, height: 844 },
    hasTouch: true,
    isMobile: true,
    deviceScaleFactor: 3,
  });
  const sessionId = await user.startVerification(test.system.partnerUrl);
  await user.agree();
  await user.waitForChallenge("login");
  const password = user.frame.getByLabel("Password", { exact: true });
  expect(await password.getAttribute("autocomplete")).toBe("current-password");
  await takePicture(user, "1-login");
  await user.fillIn({ Username: "user_good", Password: "not the password" }, "Log in");
  await user.frame.getByRole("alert").getByText("Incorrect username or password").waitFor();
  // Only the password is to be written once more, and the phone is there already.
  expect(await user.frame.getByLabel("Username").inputValue()).toBe("user_good");
  expect(await password.evaluate((field) => field === field.ownerDocument.activeElement)).toBe(true);
  await takePicture(user, "2-wrong-password");
  await user.fillIn({ Password: "pass_good" }, "Log in");
  await user.waitForChallenge("otp");
  await takePicture(user, "3-code");
  await user.fillIn({ "Security code": "123 456" }, "Verify");
  await user.waitForStatus("COMPLETED", patience());
  await takePicture(user, "4-done");
  expect(await test.client.getSession(sessionId)).toMatchObject({ status: "COMPLETED", errorCode: null });
  await user.close();
});

/** For looking at: `PICTURES=folder`. */
async function takePicture({ page }: EndUser, name: string): Promise<void> {
  const folder = process.env["PICTURES"];
  if (!folder) return;
  await mkdir(folder, { recursive: true });
  for (const colorScheme of ["light", "dark"] as const) {
    await page.emulateMedia({ colorScheme });
    // Colours fade into one another, and the streamed page is laid out anew.
    await page.waitForTimeout(1_000);
    await page.screenshot({ path: join(folder, `${name}-${colorScheme}.png`) });
  }
  await page.emulateMedia({ colorScheme: null });
}
