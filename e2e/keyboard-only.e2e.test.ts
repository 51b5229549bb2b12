import { afterAll, beforeAll, expect, it } from "vitest";
import type { EndUser } from "@attestream/standalone/end-user";
import { patience, startTestSystem, type TestSystem } from "./support/start-test-system.ts";

let test: TestSystem;
beforeAll(async () => {
  test = await startTestSystem();
});
afterAll(() => test?.[Symbol.asyncDispose]());

const mostSteps = 40;

// Texts, because they run in the page: its names are not known here.
const readFocused = `(() => {
  const focused = document.hasFocus() ? document.activeElement : null;
  if (!focused || focused === document.body || focused instanceof HTMLIFrameElement) return "";
  return focused.getAttribute("aria-label") || focused.textContent;
})()`;
const readHint = `(() => {
  const hint = document.querySelector(".escape-hint");
  return getComputedStyle(hint).opacity === "1" ? hint.innerText : "";
})()`;

/** What has the keyboard, in the partner's page or in the frame: its words. */
async function focusedWords({ page }: EndUser): Promise<string> {
  for (const part of page.frames().toReversed()) {
    const words = await part.evaluate<string>(readFocused);
    if (words) return words;
  }
  return "";
}

async function tabTo(user: EndUser, words: RegExp, key = "Tab"): Promise<void> {
  const passed: string[] = [];
  for (let step = 0; step < mostSteps; step += 1) {
    const focused = await focusedWords(user);
    if (words.test(focused)) return;
    passed.push(focused);
    await user.press(key);
  }
  throw new Error(`${key} does not reach ${String(words)}. It passed: ${passed.join(" | ")}`);
}

it("a user without a mouse agrees, logs in, leaves the picture and comes back, and is verified", async () => {
  const user = await test.openEndUser();
  await user.page.goto(test.system.partnerUrl);
  await tabTo(user, /verify your account/i);
  await user.press("Enter");
  await user.frame.getByRole("button", { name: /^agree/i }).waitFor();
  await tabTo(user, /^agree/i);
  await user.press("Enter");

  await user.waitForChallenge("login");
  await tabTo(user, /live page/i);
  // While keys go to the page, the way out is on the glass.
  const frame = user.page.frames().at(-1);
  await expect.poll(() => frame?.evaluate<string>(readHint)).toMatch(/Esc\s+Esc\s+to leave the page/);
  await user.page.keyboard.type("user_good", { delay: 15 });

  await user.press("Escape");
  await user.press("Escape");
  await expect.poll(() => focusedWords(user)).toMatch(/back to typing/i);
  await tabTo(user, /^cancel$/i, "Shift+Tab");
  await user.press("Enter");
  await expect.poll(() => focusedWords(user)).toBe("Keep going");
  await user.press("Escape");
  await expect.poll(() => focusedWords(user)).toBe("Cancel");
  await tabTo(user, /back to typing/i);
  await user.press("Enter");

  await user.press("Tab");
  await user.page.keyboard.type("pass_good", { delay: 15 });
  await user.press("Enter");
  await user.waitForChallenge("otp");
  await user.page.keyboard.type("123456", { delay: 15 });
  await user.press("Enter");
  await user.waitForStatus("COMPLETED", patience());
  await expect.poll(() => focusedWords(user)).toBe("You are verified");
});
