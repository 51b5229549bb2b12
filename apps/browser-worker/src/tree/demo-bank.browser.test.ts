import type { Challenge } from "@attestream/shared";
import { startDemoPlatform, type DemoPlatform } from "@attestream/testkit";
import type { Browser } from "playwright";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { driveTree, launchBrowser, userNamed, type EndUser } from "./testing/drive-tree.ts";

let bank: DemoPlatform;
let browser: Browser;

beforeAll(async () => {
  bank = await startDemoPlatform();
  browser = await launchBrowser(bank.port);
});

afterAll(async () => {
  await browser?.close();
  await bank?.[Symbol.asyncDispose]();
});

const kinds = (challenges: Challenge[]) => challenges.map(({ kind }) => kind);

describe("the demo-bank tree at the Demo Bank", () => {
  it("logs in by password and code, reads the account from the response and the statements from the page", async () => {
    const { outcome, reports, challenges, control } = await driveTree(browser, userNamed("user_good"));
    expect(outcome).toMatchObject({
      kind: "extracted",
      extractedData: { accountHolder: "Jane Doe", accountType: "checking", lastFourDigits: "1234" },
      failedParts: [],
      workflow: { name: "demo-bank", version: "1.2.0" },
    });
    const { statements } = outcome.kind === "extracted" ? outcome.extractedData : {};
    const row = {
      date: expect.stringMatching(/^\d{4}-\d{2}-\d{2}$/),
      balance: { amount: expect.stringMatching(/^-?\d+\.\d{2}$/), currency: "USD" },
    };
    expect(statements).toEqual(expect.arrayContaining([row]));

    expect(kinds(challenges)).toEqual(["login", "otp"]);
    expect(reports.map(({ type }) => type).filter((type) => type !== "progress.advanced")).toEqual([
      "tree.loaded",
      "tree.started",
      "challenge.raised",
      "challenge.resolved",
      "challenge.raised",
      "challenge.resolved",
      "collection.started",
    ]);
    const progress = reports.flatMap((report) => (report.type === "progress.advanced" ? [report.progress] : []));
    expect(progress).toEqual(progress.toSorted((a, b) => a - b));
    expect(progress.at(-1)).toBe(90);
    expect([control.at(0), control.at(-1), control.includes(true)]).toEqual([false, false, true]);
    expect(JSON.stringify(reports)).not.toMatch(/pass_good|123456/);
  });

  it("shows the site's own words after a wrong password and a wrong code, and goes on", async () => {
    const { outcome, challenges } = await driveTree(
      browser,
      userNamed("user_good", { passwords: ["wrong"], codes: ["000000"] }),
    );
    expect(outcome.kind).toBe("extracted");
    expect(challenges.map(({ kind, websiteError }) => [kind, websiteError])).toEqual([
      ["login", undefined],
      ["login", "Incorrect username or password"],
      ["otp", undefined],
      ["otp", "That code is not correct"],
    ]);
  });

  it.each([
    ["passwords", "LOGIN_ATTEMPTS_EXCEEDED"],
    ["codes", "MFA_ATTEMPTS_EXCEEDED"],
  ])("ends after three wrong %s", async (what, code) => {
    const { outcome } = await driveTree(browser, userNamed("user_good", { [what]: ["1", "2", "3"] }));
    expect(outcome).toEqual({ kind: "failed", code });
  });

  it.each([
    ["user_locked", "ACCOUNT_LOCKED"],
    ["user_closed", "ACCOUNT_DISABLED"],
    ["user_newpass", "PASSWORD_CHANGE_REQUIRED"],
    ["user_expired", "MFA_TIMEOUT"],
    ["user_down", "PLATFORM_UNAVAILABLE"],
  ])("%s ends as %s", async (username, code) => {
    const { outcome } = await driveTree(browser, userNamed(username));
    expect(outcome).toEqual({ kind: "failed", code });
  });

  it.each(["user_offer", "user_slow"])("%s needs nothing more of the user", async (username) => {
    const { outcome, challenges } = await driveTree(browser, userNamed(username));
    expect(outcome).toMatchObject({ kind: "extracted", failedParts: [] });
    expect(kinds(challenges)).toEqual(["login", "otp"]);
  });

  it("asks the bank's own security question, again after a wrong answer", async () => {
    const answers = ["Rex", "Biscuit"];
    const { outcome, challenges, reports } = await driveTree(browser, async (page, challenge, earlier, reply) => {
      if (challenge.kind !== "question") return userNamed("user_question")(page, challenge, earlier, reply);
      await page.getByLabel("Your answer").fill(answers.shift() ?? "");
      return page.getByRole("button", { name: "Answer" }).click();
    });
    expect(outcome).toMatchObject({ kind: "extracted", failedParts: [] });
    const question = {
      kind: "question",
      instructions: "What was the name of your first pet?",
      fields: [{ id: "answer", label: "Your answer", type: "text" }],
      canContinue: false,
    };
    expect(challenges.slice(1)).toMatchObject([question, { ...question, websiteError: "That answer is not correct" }]);
    // The page's words and the answer are for the user alone.
    expect(JSON.stringify(reports)).not.toMatch(/pet|Rex|Biscuit/);
  });

  const choosing =
    (choose: EndUser): EndUser =>
    (page, challenge, ...rest) =>
      (challenge.kind === "choice" ? choose : userNamed("user_choice"))(page, challenge, ...rest);

  it("offers the accounts that the page lists, and reads the one taken in the frame", async () => {
    const { outcome, challenges, reports } = await driveTree(
      browser,
      choosing(async (_page, challenge, _earlier, reply) => {
        reply("choice-9");
        reply(challenge.choices?.find(({ label }) => label.includes("Savings"))?.id);
      }),
    );
    expect(outcome).toMatchObject({
      kind: "extracted",
      extractedData: { accountType: "savings", lastFourDigits: "5678" },
    });
    expect(challenges.map(({ kind, choices }) => [kind, choices])).toEqual([
      ["login", undefined],
      ["otp", undefined],
      [
        "choice",
        [
          { id: "choice-1", label: "Everyday Checking •••• 1234" },
          { id: "choice-2", label: "Rainy Day Savings •••• 5678" },
        ],
      ],
    ]);
    expect(JSON.stringify(reports)).not.toMatch(/Rainy|1234|5678/);
  });

  it("takes a choice made in the page as well", async () => {
    const { outcome } = await driveTree(
      browser,
      choosing((page) => page.getByRole("button", { name: "Everyday Checking" }).click()),
    );
    expect(outcome).toMatchObject({ kind: "extracted", extractedData: { lastFourDigits: "1234" } });
  });

  it("gives what it has when the statements fail", async () => {
    const { outcome } = await driveTree(browser, userNamed("user_nostatements"));
    expect(outcome).toMatchObject({
      kind: "extracted",
      extractedData: { lastFourDigits: "1234" },
      failedParts: [{ part: "statements", code: "PLATFORM_UNAVAILABLE" }],
    });
  });

  it("hands a page that it does not know to the user", async () => {
    const { outcome, challenges } = await driveTree(browser, userNamed("user_survey"));
    expect(outcome).toMatchObject({ kind: "extracted", failedParts: [] });
    expect(kinds(challenges)).toEqual(["login", "otp", "unknown"]);
    expect(challenges.at(-1)?.canContinue).toBe(true);
  });
});
