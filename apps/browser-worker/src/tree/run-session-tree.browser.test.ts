import { existsSync, readFileSync } from "node:fs";
import type { Challenge } from "@attestream/shared";
import type { SessionReport } from "@attestream/shared/worker-protocol";
import { parsePlatform, type PlatformDefinition } from "@attestream/workflow";
import { chromium, type Browser, type Page } from "playwright";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { runSessionTree, type TreeOutcome } from "./run-session-tree.ts";
import { startLittleBank, type LittleBank } from "./testing/little-bank.ts";

const text = readFileSync(new URL("../../../../platforms/demo-bank/platform.yaml", import.meta.url), "utf8");
const executablePath = existsSync("/usr/lib/chromium/chromium-headless-shell")
  ? "/usr/lib/chromium/chromium-headless-shell"
  : undefined;

let bank: LittleBank;
let browser: Browser;

beforeAll(async () => {
  bank = await startLittleBank();
  browser = await chromium.launch({
    ...(executablePath === undefined ? {} : { executablePath }),
    chromiumSandbox: false,
    args: [
      `--host-resolver-rules=MAP bank.demo.test:443 127.0.0.1:${bank.port}, MAP *.bank.demo.test:443 127.0.0.1:${bank.port}, MAP * ~NOTFOUND, EXCLUDE 127.0.0.1`,
    ],
  });
});

afterAll(async () => {
  await browser?.close();
  await bank?.close();
});

type User = (page: Page, challenge: Challenge, earlier: Challenge[], reply: (choice?: string) => void) => Promise<void>;

/** The end user: types into the page, as the streamed input would. */
function userOf(username: string, options: { codes?: string[]; passwords?: string[] } = {}): User {
  return async (page, challenge, earlier) => {
    const times = earlier.filter(({ kind }) => kind === challenge.kind).length;
    if (challenge.kind === "login") {
      await page.getByLabel("Username").fill(username);
      await page.getByLabel("Password").fill((options.passwords ?? ["pass_good"])[times] ?? "pass_good");
      await page.getByRole("button", { name: "Log in" }).click();
    } else if (challenge.kind === "otp") {
      await page.getByLabel("Security code").fill((options.codes ?? ["123456"])[times] ?? "123456");
      await page.getByRole("button", { name: "Verify" }).click();
    } else {
      await page.getByRole("button", { name: "Continue" }).click();
    }
  };
}

async function run(
  user: User,
  change: (definition: PlatformDefinition) => PlatformDefinition = (same) => same,
  signal = new AbortController().signal,
) {
  const parsed = parsePlatform(text, "platform.yaml");
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems));
  const reparsed = parsePlatform(JSON.stringify(change(parsed.definition)), "platform.json");
  if (!reparsed.ok) throw new Error(JSON.stringify(reparsed.problems));
  const context = await browser.newContext({ ignoreHTTPSErrors: true });
  const page = await context.newPage();
  const reports: SessionReport[] = [];
  const challenges: Challenge[] = [];
  const control: boolean[] = [];
  const acts: Promise<void>[] = [];
  let ids = 0;
  let listener: (reply: { challengeId: string; choice?: string }) => void = () => undefined;
  try {
    const outcome: TreeOutcome = await runSessionTree({
      platform: JSON.parse(JSON.stringify(reparsed.definition)) as unknown,
      platformHash: reparsed.hash,
      loginUrl: reparsed.definition.loginUrl,
      context,
      page: () => page,
      viewer: {
        showChallenge(challenge) {
          if (!challenge) return;
          const earlier = [...challenges];
          challenges.push(challenge);
          const reply = (choice?: string) =>
            listener({ challengeId: challenge.id, ...(choice === undefined ? {} : { choice }) });
          acts.push(user(page, challenge, earlier, reply));
        },
        setControl: (enabled) => control.push(enabled),
        onChallengeReply(given) {
          listener = given;
          return () => {
            listener = () => undefined;
          };
        },
      },
      report: (report) => reports.push(report),
      now: () => new Date(),
      newId: () => `challenge-${(ids += 1)}`,
      signal,
    });
    await Promise.all(acts);
    return { outcome, reports, challenges, control };
  } finally {
    await context.close();
  }
}

const kinds = (challenges: Challenge[]) => challenges.map(({ kind }) => kind);

describe("runSessionTree at a bank", () => {
  it("logs in by password and code, reads the accounts from the response and the statements from the page", async () => {
    const { outcome, reports, challenges, control } = await run(userOf("user_good"));
    expect(outcome).toMatchObject({
      kind: "extracted",
      extractedData: {
        accountHolder: "Jane Doe",
        accountType: "checking",
        lastFourDigits: "1234",
        statements: [
          { date: "2026-10-31", balance: { amount: "2543.10", currency: "USD" } },
          { date: "2026-09-30", balance: { amount: "-12.00", currency: "USD" } },
        ],
      },
      failedParts: [],
      workflow: { name: "demo-bank" },
    });
    expect(kinds(challenges)).toEqual(["login", "otp"]);
    const types = reports.map(({ type }) => type).filter((type) => type !== "progress.advanced");
    expect(types).toEqual([
      "tree.loaded",
      "tree.started",
      "challenge.raised",
      "challenge.resolved",
      "challenge.raised",
      "challenge.resolved",
      "collection.started",
    ]);
    const progress = reports.flatMap((report) => (report.type === "progress.advanced" ? [report.progress] : []));
    expect(progress).toEqual([...progress].sort((a, b) => a - b));
    expect(progress.at(-1)).toBe(90);
    expect(control.at(0)).toBe(false);
    expect(control.at(-1)).toBe(false);
    expect(JSON.stringify(reports)).not.toContain("pass_good");
  });

  it("shows the site's own words after a wrong password and a wrong code, and goes on", async () => {
    const { outcome, challenges } = await run(userOf("user_good", { passwords: ["wrong"], codes: ["000000"] }));
    expect(outcome.kind).toBe("extracted");
    expect(challenges.map(({ kind, websiteError }) => [kind, websiteError])).toEqual([
      ["login", undefined],
      ["login", "Incorrect username or password"],
      ["otp", undefined],
      ["otp", "That code is not correct"],
    ]);
  });

  it("ends after three wrong passwords", async () => {
    const { outcome } = await run(userOf("user_good", { passwords: ["a", "b", "c"] }));
    expect(outcome).toEqual({ kind: "failed", code: "LOGIN_ATTEMPTS_EXCEEDED" });
  });

  it.each([
    ["user_locked", "ACCOUNT_LOCKED"],
    ["user_closed", "ACCOUNT_DISABLED"],
    ["user_newpass", "PASSWORD_CHANGE_REQUIRED"],
    ["user_down", "PLATFORM_UNAVAILABLE"],
    ["user_away", "NAVIGATION_BLOCKED"],
  ])("%s ends as %s", async (username, code) => {
    const { outcome } = await run(userOf(username));
    expect(outcome).toMatchObject({ kind: "failed", code });
  });

  it("dismisses an offer by itself", async () => {
    const { outcome, challenges } = await run(userOf("user_offer"));
    expect(outcome).toMatchObject({ kind: "extracted", failedParts: [] });
    expect(kinds(challenges)).toEqual(["login", "otp"]);
  });

  it("gives what it has when an optional part fails", async () => {
    const { outcome } = await run(userOf("user_nostatements"));
    expect(outcome).toMatchObject({
      kind: "extracted",
      extractedData: { lastFourDigits: "1234" },
      failedParts: [{ part: "statements", code: "PLATFORM_UNAVAILABLE" }],
    });
  });

  it("hands a page that it does not know to the user", async () => {
    const { outcome, challenges } = await run(userOf("user_survey"));
    expect(outcome.kind).toBe("extracted");
    expect(kinds(challenges)).toEqual(["login", "otp", "unknown"]);
    expect(challenges.at(-1)?.canContinue).toBe(true);
  });

  it("says that the platform changed when the user cannot help either", async () => {
    const { outcome, challenges } = await run(
      async (_page, _challenge, _earlier, reply) => reply(),
      (definition) => ({ ...definition, loginUrl: "https://bank.demo.test/nowhere" }),
    );
    expect(outcome).toEqual({ kind: "failed", code: "PLATFORM_CHANGED", message: "No screen matches." });
    expect(kinds(challenges)).toEqual(["unknown", "unknown"]);
  });

  it("sees and watches frames of another host", async () => {
    const { outcome } = await run(
      async (page) => page.frameLocator("iframe").getByRole("button", { name: "Log in" }).click(),
      (definition) => ({
        ...definition,
        loginUrl: "https://bank.demo.test/framed",
        screens: definition.screens.map((screen) =>
          screen.id === "login" ? { ...screen, when: { see: { role: "button", name: "Log in" } } } : screen,
        ),
      }),
    );
    expect(outcome).toMatchObject({ kind: "failed", code: "ACCOUNT_LOCKED" });
  });

  it("tells a host that does not answer from one that may not be opened", async () => {
    const nobody = async () => undefined;
    const lost = await run(nobody, (definition) => ({
      ...definition,
      allow: [...definition.allow, "lost.example"],
      loginUrl: "https://lost.example/login",
    }));
    expect(lost.outcome).toEqual({ kind: "failed", code: "PLATFORM_UNAVAILABLE" });
  });

  it("ends by the challenge's own time", async () => {
    const { outcome } = await run(
      async () => undefined,
      (definition) => ({
        ...definition,
        screens: definition.screens.map((screen) =>
          screen.user ? { ...screen, user: { ...screen.user, timeout: "300ms" } } : screen,
        ),
      }),
    );
    expect(outcome).toEqual({ kind: "failed", code: "USER_ACTION_TIMEOUT" });
  });

  it("rejects with the signal's reason when it is stopped", async () => {
    const controller = new AbortController();
    const reason = new Error("released");
    await expect(run(async () => controller.abort(reason), undefined, controller.signal)).rejects.toBe(reason);
  });
});
