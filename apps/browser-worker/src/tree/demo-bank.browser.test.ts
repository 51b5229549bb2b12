import type { Challenge } from "@attestream/shared";
import { startDemoPlatform, type DemoPlatform } from "@attestream/testkit";
import type { Browser } from "playwright";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { driveTree, launchBrowser, userNamed } from "./testing/drive-tree.ts";

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
      workflow: { name: "demo-bank", version: "1.0.0" },
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
