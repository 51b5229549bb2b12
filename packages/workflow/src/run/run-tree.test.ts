import { errorCodes, type Challenge, type ErrorCode } from "@attestream/shared";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { platformDefinitionSchema } from "../schema/index.ts";
import type { ChallengeReply } from "./events.ts";
import { createFakeClock, createFakeSite, idle, type FakePage, type FakeSite } from "./testing/fake-site.ts";
import { runTree } from "./run-tree.ts";
import { edgesOf, edgesTaken } from "./tree-edges.ts";

const origin = "https://bank.test";
const base = {
  format: "platform/1",
  name: "bank",
  displayName: "Bank",
  loginUrl: `${origin}/login`,
  version: "1.0.0",
  allow: ["bank.test"],
  limits: { total: "10m", idle: "2m" },
  screens: [
    { id: "locked", when: { see: { text: "account is locked" } }, fail: "ACCOUNT_LOCKED" },
    {
      id: "login",
      when: { url: "/login**", see: { role: "button", name: "Log in" } },
      user: { kind: "login", fields: [{ id: "username", at: { label: "Username" } }], timeout: "5m" },
    },
    { id: "bad-password", when: { see: { text: "/incorrect (user|pass)/i" } }, note: "INVALID_CREDENTIALS", max: 3 },
    {
      id: "otp",
      when: { see: { label: "/code/i" } },
      user: {
        kind: "otp",
        method: "sms",
        fields: [{ id: "code", type: "code", length: 6, at: { label: "/code/i" } }],
        timeout: "3m",
      },
    },
    { id: "push", when: { url: "/push" }, user: { kind: "approval" } },
    {
      id: "method",
      when: { url: "/method" },
      user: {
        kind: "choice",
        choices: [{ id: "sms", label: "Text message", at: { role: "button", name: "SMS" } }],
        timeout: "1m",
      },
    },
    {
      id: "promo",
      when: { see: { role: "dialog", name: "/offer/i" } },
      do: [{ click: { any: [{ role: "button", name: "/no thanks/i" }, { css: ".x" }] } }],
    },
    { id: "home", when: { url: "/accounts**" }, then: "collect" },
    { id: "empty", when: { url: "/nothing" }, finish: true },
  ],
  collect: [
    {
      id: "account",
      open: "/accounts",
      capture: { request: { url: "/api/accounts" } },
      read: { holder: { json: "$.owner" }, last: { json: "$.number", take: "last4" } },
    },
    {
      id: "statements",
      optional: true,
      open: "/statements",
      timeout: "20s",
      table: { rows: { css: "tr" }, read: { date: { cell: 1, as: "date" }, balance: { cell: 2, as: "money" } } },
    },
  ],
};

const pages = {
  login: { url: `${origin}/login`, shows: ["button Log in", "label Username"] },
  bad: { url: `${origin}/login`, shows: ["button Log in", "text Incorrect username or password"] },
  otp: { url: `${origin}/otp`, shows: ["label Security code"] },
  locked: { url: `${origin}/login`, shows: ["text Your account is locked."] },
  promo: { url: `${origin}/accounts`, shows: ["dialog Special offer", "button No thanks"] },
  survey: { url: `${origin}/survey`, shows: ["text How do you like us?"] },
  home: {
    url: `${origin}/accounts`,
    response: { url: `${origin}/api/accounts`, body: { owner: "Jane Doe", number: "00991234" } },
  },
  statements: { url: `${origin}/statements`, rows: [["2026-01-31", "$1,000.50"]] },
} satisfies Record<string, FakePage>;

const opens = (url: string): FakePage =>
  url.endsWith("/accounts") ? pages.home : url.endsWith("/statements") ? pages.statements : pages.login;

function start(
  options: {
    onOpen?: (url: string, site: FakeSite) => FakePage | ErrorCode | undefined;
    onAct?: Parameters<typeof createFakeSite>[0]["onAct"];
    onPick?: Parameters<typeof createFakeSite>[0]["onPick"];
    onEnter?: Parameters<typeof createFakeSite>[0]["onEnter"];
    /** What the site begins with. */
    first?: FakePage;
    tree?: object;
    signal?: AbortSignal;
  } = {},
) {
  const site = createFakeSite({
    onOpen: options.onOpen ?? ((url) => (url.endsWith("/login") && options.first ? options.first : opens(url))),
    ...(options.onEnter ? { onEnter: options.onEnter } : {}),
    ...(options.onAct ? { onAct: options.onAct } : {}),
    ...(options.onPick ? { onPick: options.onPick } : {}),
  });
  const clock = createFakeClock();
  const log: string[] = [];
  const progress: number[] = [];
  const challenges: Challenge[] = [];
  let listener: ((reply: ChallengeReply) => void) | undefined;
  const deadlines: string[] = [];
  const startedAt = clock.now().getTime();
  let present: (() => void) | undefined;
  let ids = 0;
  const outcome = runTree({
    definition: platformDefinitionSchema.parse({ ...base, ...options.tree }),
    loginUrl: `${origin}/login`,
    page: site,
    clock,
    newId: () => `c${(ids += 1)}`,
    signal: options.signal ?? new AbortController().signal,
    events: {
      progressed: (to) => progress.push(to),
      challengeRaised: (challenge) => {
        challenges.push(challenge);
        log.push(`raised ${challenge.kind}`);
      },
      challengeChanged: (challenge) => {
        challenges[challenges.length - 1] = challenge;
        log.push(`changed ${challenge.filled?.state} ${challenge.filled?.missing.join()}`.trim());
      },
      challengeResolved: (id) => log.push(`resolved ${challenges.find((challenge) => challenge.id === id)?.kind}`),
      collectionStarted: () => log.push("collecting"),
      deadlineMoved: ({ kind, at }) => deadlines.push(`${kind} ${(at.getTime() - startedAt) / 1000}`),
      onPresence: (given) => {
        present = given;
        return () => {
          present = undefined;
        };
      },
      onReply: (given) => {
        listener = given;
        return () => {
          listener = undefined;
        };
      },
    },
  });
  outcome.catch(() => undefined);
  const show = async (page: FakePage, how?: { sameDocument?: boolean }) => {
    await idle();
    site.show(page, how);
    await idle();
  };
  const reply = async (choice?: string) => {
    await idle();
    listener?.({ challengeId: challenges.at(-1)?.id ?? "", ...(choice === undefined ? {} : { choice }) });
    await idle();
  };
  const fillIn = async (values: Record<string, string>, challengeId?: string) => {
    await idle();
    listener?.({
      challengeId: challengeId ?? challenges.at(-1)?.id ?? "",
      values: Object.entries(values).map(([id, value]) => ({ id, value })),
    });
    await idle();
  };
  const stir = () => present?.();
  return { site, clock, outcome, log, progress, challenges, deadlines, show, reply, fillIn, stir, idle };
}

describe("a tree", () => {
  it("goes from login over code to the data", async () => {
    const run = start();
    await run.show(pages.otp);
    await run.show(pages.home);
    expect(await run.outcome).toEqual({
      kind: "extracted",
      extractedData: {
        holder: "Jane Doe",
        last: "1234",
        statements: [{ date: "2026-01-31", balance: { amount: "1000.50" } }],
      },
      failedParts: [],
      visited: ["login", "otp", "home"],
      noted: [],
    });
    expect(run.log).toEqual(["raised login", "resolved login", "raised otp", "resolved otp", "collecting"]);
    expect(run.progress).toEqual([...new Set(run.progress)].sort((a, b) => a - b));
    expect(run.progress.at(-1)).toBe(90);
    expect(run.challenges[1]).toMatchObject({
      kind: "otp",
      method: "sms",
      canContinue: false,
      fields: [{ id: "code", type: "code", length: 6 }],
      expiresAt: "2026-01-01T00:03:00.000Z",
    });
    expect(run.clock.waiting).toBe(0);
  });

  it("ends as SCHEMA_MISMATCH when the data is not what the output promises, and says no value", async () => {
    const run = start({ tree: { output: "bank-account@1" } });
    await run.show(pages.home);
    expect(await run.outcome).toMatchObject({
      kind: "failed",
      code: "SCHEMA_MISMATCH",
      message: "The data does not fit bank-account@1: accountHolder, accountType, lastFourDigits.",
    });
  });

  it("excuses the promised fields of an optional part that failed", async () => {
    const [, statements] = base.collect;
    const read = { accountHolder: { css: "h1" }, accountType: { css: "h2" }, lastFourDigits: { css: "h3" } };
    const run = start({
      tree: { output: "bank-account@1", collect: [{ id: "account", optional: true, timeout: "5s", read }, statements] },
    });
    await run.show(pages.home);
    await run.clock.pass(6_000);
    expect(await run.outcome).toMatchObject({ kind: "extracted", failedParts: [{ part: "account" }] });
  });

  const listed = (user: object = {}) => ({
    screens: [
      {
        id: "which",
        when: { url: "/which" },
        user: { kind: "choice", choicesFrom: { rows: { css: "button" } }, timeout: "1m", ...user },
      },
      ...base.screens,
    ],
  });
  const which = { url: `${origin}/which`, rows: [["  Checking\n 1234 "], [null], ["Savings 5678"]] };

  it("offers what the page lists, and clicks the one taken where it stands now", async () => {
    const run = start({ tree: listed(), onPick: (_index, site) => site.show(pages.home) });
    await run.show(which);
    expect(run.challenges.at(-1)?.choices).toEqual([
      { id: "choice-1", label: "Checking 1234" },
      { id: "choice-3", label: "Savings 5678" },
    ]);
    await run.show({ ...which, rows: [["News"], ...which.rows] }, { sameDocument: true });
    await run.reply("choice-2");
    expect(run.site.picked).toEqual([]);
    await run.reply("choice-3");
    expect((await run.outcome).kind).toBe("extracted");
    expect(run.site.picked).toEqual([3]);
  });

  it("asks anew when the choice taken is gone from the page", async () => {
    const run = start({ tree: listed() });
    await run.show(which);
    await run.show({ ...which, rows: [["Joint account"]] }, { sameDocument: true });
    await run.reply("choice-1");
    expect(run.site.picked).toEqual([]);
    expect(run.challenges.at(-1)?.choices).toEqual([{ id: "choice-1", label: "Joint account" }]);
  });

  it("submits after the choice where the tree says so, and words the question as the page does", async () => {
    const tree = listed({ submit: { role: "button", name: "Go on" }, ask: { role: "heading" } });
    const run = start({ tree, onAct: (_action, site) => site.show(pages.home) });
    await run.show({ ...which, shows: ["heading Which account?", "button Go on"] });
    expect(run.challenges.at(-1)?.instructions).toBe("Which account?");
    await run.reply("choice-1");
    expect((await run.outcome).kind).toBe("extracted");
    expect([run.site.picked, run.site.acts]).toEqual([[0], [{ click: { role: "button", name: "Go on" } }]]);
  });

  it("says its own words where the page has no question, and offers nothing where it lists nothing", async () => {
    const run = start({ tree: listed({ ask: { role: "heading" }, instructions: "Choose an account." }) });
    await run.show({ ...which, rows: [] });
    expect(run.challenges.at(-1)).toMatchObject({ instructions: "Choose an account." });
    expect(run.challenges.at(-1)).not.toHaveProperty("choices");
    await run.clock.pass(61_000);
    expect(await run.outcome).toMatchObject({ code: "USER_ACTION_TIMEOUT" });
  });

  it("asks again with the site's words after a wrong password, and gives up at the third", async () => {
    const run = start();
    await run.show(pages.bad);
    expect(run.challenges.at(-1)?.websiteError).toBe("Incorrect username or password");
    await run.show(pages.bad);
    await run.show(pages.bad);
    expect(await run.outcome).toMatchObject({ kind: "failed", code: "LOGIN_ATTEMPTS_EXCEEDED" });
    expect(run.log.filter((line) => line === "raised login")).toHaveLength(3);
  });

  it("counts a complaint once, however often the page changes around it", async () => {
    const run = start();
    for (let index = 0; index < 10; index += 1) await run.show(pages.bad, { sameDocument: true });
    expect(run.challenges).toHaveLength(2);
    await run.show(pages.home);
    expect((await run.outcome).kind).toBe("extracted");
  });

  it("counts a complaint again that was gone in between, without a new document", async () => {
    const run = start();
    for (let index = 0; index < 3; index += 1) {
      await run.show(pages.login, { sameDocument: true });
      await run.show(pages.bad, { sameDocument: true });
    }
    expect(await run.outcome).toMatchObject({ code: "LOGIN_ATTEMPTS_EXCEEDED" });
  });

  it("counts a user screen by its documents, not by how often it asks again", async () => {
    const screens = base.screens.map((screen) => (screen.id === "login" ? { ...screen, max: 2 } : screen));
    const run = start({ tree: { screens: screens.filter(({ id }) => id !== "bad-password") } });
    for (let index = 0; index < 5; index += 1) {
      await run.show(pages.survey, { sameDocument: true });
      await run.show(pages.login, { sameDocument: true });
    }
    expect(run.challenges.length).toBeGreaterThan(2);
    for (let index = 0; index < 2; index += 1) {
      await run.show(pages.survey);
      await run.show(pages.login);
    }
    expect(await run.outcome).toMatchObject({ code: "LOGIN_ATTEMPTS_EXCEEDED" });
  });

  it("ends where a fail screen says so", async () => {
    const run = start();
    await run.show(pages.locked);
    expect(await run.outcome).toEqual({
      kind: "failed",
      code: "ACCOUNT_LOCKED",
      visited: ["login", "locked"],
      noted: [],
    });
  });

  it("stays with the user while the page is between two screens", async () => {
    const run = start();
    await run.show({ url: `${origin}/otp`, settled: false });
    expect(run.log).toEqual(["raised login"]);
    await run.show(pages.otp);
    expect(run.log).toEqual(["raised login", "resolved login", "raised otp"]);
  });

  it("dismisses an offer, also in the middle of collecting", async () => {
    let offers = 2;
    const run = start({
      onOpen: (url) => (url.endsWith("/accounts") && (offers -= 1) >= 0 ? pages.promo : opens(url)),
      onAct: (_action, site) => site.show(pages.home),
    });
    await run.show(pages.promo);
    const outcome = await run.outcome;
    expect(outcome).toMatchObject({ kind: "extracted", failedParts: [] });
    expect(outcome.visited).toContain("promo");
    expect(run.site.acts[0]).toEqual({ click: { any: [{ role: "button", name: "/no thanks/i" }, { css: ".x" }] } });
  });

  it("does not spin on a screen that its action does not change: the user is asked, then it fails", async () => {
    const run = start();
    await run.show(pages.promo);
    for (let index = 0; index < 2; index += 1) {
      await run.clock.pass(10_000);
      await run.reply();
    }
    await run.clock.pass(10_000);
    expect(await run.outcome).toMatchObject({
      kind: "failed",
      code: "TREE_STEP_FAILED",
      message: "The screen promo did not go on.",
    });
    expect(run.site.acts).toHaveLength(3);
    expect(run.log.filter((line) => line === "raised unknown")).toHaveLength(2);
  });

  it("stops a screen that comes back again and again", async () => {
    const run = start({ onAct: (_action, site) => site.show(pages.promo) });
    await run.show(pages.promo);
    expect(await run.outcome).toMatchObject({ kind: "failed", code: "TREE_STEP_FAILED" });
    expect(run.site.acts).toHaveLength(5);
  });

  it("fails when the element of an action is never there", async () => {
    const run = start({ onAct: (_action, site) => (site.show(pages.promo, { sameDocument: true }), false) });
    await run.show(pages.promo);
    expect(await run.outcome).toMatchObject({ code: "TREE_STEP_FAILED" });
  });

  it("hands an unknown screen to the user and goes on by itself when he got through", async () => {
    const run = start();
    await run.show(pages.survey);
    expect(run.log).toEqual(["raised login", "resolved login"]);
    await run.clock.pass(2_000);
    expect(run.challenges.at(-1)).toMatchObject({ kind: "unknown", canContinue: true });
    await run.show(pages.home);
    expect((await run.outcome).kind).toBe("extracted");
  });

  it("says that the platform changed only after the user could not help", async () => {
    const run = start();
    await run.show(pages.survey);
    for (let index = 0; index < 2; index += 1) {
      await run.clock.pass(2_000);
      await run.reply();
    }
    await run.clock.pass(2_000);
    expect(await run.outcome).toMatchObject({ kind: "failed", code: "PLATFORM_CHANGED" });
  });

  it("names the screens whose address fits when none matches", async () => {
    const run = start();
    await run.show({ url: `${origin}/login/new`, shows: [] });
    for (let index = 0; index < 3; index += 1) {
      await run.clock.pass(2_000);
      await run.reply();
    }
    expect(await run.outcome).toMatchObject({ message: "No screen matches. Nearest: login." });
  });

  it("tells an idle user from one who moved on an unknown page", async () => {
    const idleRun = start();
    await idleRun.show(pages.survey);
    await idleRun.clock.pass(2_000 + 120_000);
    expect(await idleRun.outcome).toMatchObject({ code: "IDLE_TIMEOUT" });

    const movedRun = start();
    await movedRun.show(pages.survey);
    await movedRun.clock.pass(2_000);
    await movedRun.show({ url: `${origin}/survey/2` });
    await movedRun.clock.pass(120_000);
    expect(await movedRun.outcome).toMatchObject({ code: "PLATFORM_CHANGED" });
  });

  it("counts the idle limit from the last sign of life, up to the tree's total, and tells when it would end", async () => {
    const run = start({ onOpen: () => ({ url: `${origin}/push` }) });
    await run.clock.pass(90_000);
    run.stir();
    await run.clock.pass(1_000);
    run.stir();
    await run.clock.pass(119_000);
    expect(run.deadlines).toEqual(["total 600", "idle 120", "idle 210"]);
    for (let minutes = 0; minutes < 6; minutes += 1) {
      run.stir();
      await run.clock.pass(60_000);
    }
    expect(run.deadlines.at(-1)).toBe("total 600");
    run.stir();
    await run.clock.pass(30_000);
    expect(await run.outcome).toMatchObject({ code: "SESSION_EXPIRED" });
  });

  it("does not put off a challenge's own time for any sign of life", async () => {
    const login = start();
    await login.clock.pass(4 * 60_000);
    login.stir();
    expect(login.deadlines).toEqual(["total 600", "challenge 300"]);
    await login.clock.pass(60_000);
    expect(await login.outcome).toMatchObject({ code: "USER_ACTION_TIMEOUT" });
  });

  it("ends by a challenge's own time, and by the idle limit where it has none", async () => {
    const login = start();
    await login.clock.pass(5 * 60_000 - 1);
    expect(login.log).toEqual(["raised login"]);
    await login.clock.pass(1);
    expect(await login.outcome).toMatchObject({ code: "USER_ACTION_TIMEOUT" });

    const push = start({ onOpen: () => ({ url: `${origin}/push` }) });
    await push.clock.pass(120_000);
    expect(await push.outcome).toMatchObject({ code: "IDLE_TIMEOUT" });
  });

  it("ends by its total time, whatever happens", async () => {
    const run = start({ tree: { limits: { total: "4m" } } });
    await run.clock.pass(4 * 60_000);
    expect(await run.outcome).toMatchObject({ kind: "failed", code: "SESSION_EXPIRED" });
    expect(run.log.at(-1)).toBe("resolved login");
    expect(run.clock.waiting).toBe(0);
  });

  it("takes the user's choice and clicks it; other choices are ignored", async () => {
    const run = start({
      onOpen: (url) => (url.endsWith("/login") ? { url: `${origin}/method` } : opens(url)),
      onAct: (_action, site) => site.show(pages.otp),
    });
    await run.reply("carrier-pigeon");
    await run.reply();
    expect(run.site.acts).toEqual([]);
    await run.reply("sms");
    expect(run.site.acts).toEqual([{ click: { role: "button", name: "SMS" } }]);
    expect(run.challenges[0]?.choices).toEqual([{ id: "sms", label: "Text message" }]);
    await run.show(pages.home);
    expect((await run.outcome).kind).toBe("extracted");
  });

  it.each([
    ["PLATFORM_UNAVAILABLE", () => "PLATFORM_UNAVAILABLE" as const],
    ["NAVIGATION_BLOCKED", () => "NAVIGATION_BLOCKED" as const],
    ["PLATFORM_TIMEOUT", () => "PLATFORM_TIMEOUT" as const],
    ["PLATFORM_UNAVAILABLE", () => ({ url: `${origin}/x`, status: 502 })],
    ["PLATFORM_RATE_LIMITED", () => ({ url: `${origin}/x`, status: 429 })],
    ["BROWSER_CRASHED", () => ({ url: `${origin}/x`, failure: "BROWSER_CRASHED" as const })],
    ["INSUFFICIENT_DATA", () => ({ url: `${origin}/nothing` })],
  ])("ends as %s when the login page cannot be used", async (code, onOpen) => {
    expect(await start({ onOpen }).outcome).toMatchObject({ kind: "failed", code });
  });

  it("ends as PLATFORM_TIMEOUT when a page never comes to rest", async () => {
    const run = start({ onOpen: () => ({ url: `${origin}/x`, settled: false }) });
    await run.clock.pass(45_000);
    expect(await run.outcome).toMatchObject({ code: "PLATFORM_TIMEOUT" });
  });

  it("keeps what it has when an optional part does not show up", async () => {
    const run = start({ onOpen: (url) => (url.endsWith("/statements") ? { url } : opens(url)) });
    await run.show(pages.home);
    await run.clock.pass(20_000);
    expect(await run.outcome).toMatchObject({
      kind: "extracted",
      extractedData: { holder: "Jane Doe", last: "1234" },
      failedParts: [{ part: "statements", code: "EXTRACTION_FAILED" }],
    });
  });

  it.each([
    ["is not JSON", "<html>", 200, "EXTRACTION_FAILED"],
    ["lacks a field", { owner: "Jane" }, 200, "EXTRACTION_FAILED"],
    ["is an error", {}, 500, "PLATFORM_UNAVAILABLE"],
    ["is refused", {}, 403, "EXTRACTION_FAILED"],
    ["is refused for now", {}, 429, "PLATFORM_RATE_LIMITED"],
    ["is too large", undefined, 200, "EXTRACTION_FAILED"],
    ["is empty", "", 200, "EXTRACTION_FAILED"],
  ])("fails when the response of a required part %s", async (_name, body, status, code) => {
    const response = { url: `${origin}/api/accounts`, status, body };
    const run = start({ onOpen: (url) => (url.endsWith("/accounts") ? { url, response } : opens(url)) });
    await run.show(pages.home);
    const outcome = await run.outcome;
    expect(outcome).toMatchObject({ kind: "failed", code });
    expect(JSON.stringify(outcome)).not.toContain("Jane");
  });

  it("names part, row, field and rule of what cannot be read, and not the value", async () => {
    const tree = { collect: [base.collect[0], { ...base.collect[1], optional: false }] };
    const rows = [
      ["2026-01-31", "$1,000.50"],
      ["2026-02-28", "nothing, Jane"],
    ];
    const run = start({ tree, onOpen: (url) => (url.endsWith("/statements") ? { url, rows } : opens(url)) });
    await run.show(pages.home);
    await run.clock.pass(20_000);
    expect(await run.outcome).toMatchObject({
      code: "EXTRACTION_FAILED",
      message: "Part statements: row 2: balance (cell 2, as money): not a single amount",
    });
  });

  it("reads a page as people of the platform's locale do", async () => {
    const rows = [["3. Feb. 2026", "1.000,50 €"]];
    const run = start({
      tree: { browser: { locale: "de-DE" } },
      onOpen: (url) => (url.endsWith("/statements") ? { url, rows } : opens(url)),
    });
    await run.show(pages.home);
    expect(await run.outcome).toMatchObject({
      extractedData: { statements: [{ date: "2026-02-03", balance: { amount: "1000.50", currency: "EUR" } }] },
    });
  });

  it("tells which of its ways a run took", async () => {
    const definition = platformDefinitionSchema.parse(base);
    const gone = start({ onOpen: (url) => (url.endsWith("/statements") ? { url } : opens(url)) });
    await gone.show(pages.bad);
    await gone.show(pages.home);
    await gone.clock.pass(20_000);
    const given = start();
    for (let time = 0; time < 3; time += 1) await given.show(pages.bad);
    const first = edgesTaken(definition, await gone.outcome);
    const second = edgesTaken(definition, await given.outcome);
    expect(first).toEqual(["login", "home", "bad-password shown", "account read", "statements fails"]);
    expect(second).toEqual(["login", "bad-password shown", "bad-password too often"]);
    for (const edge of [...first, ...second]) expect(edgesOf(definition)).toContain(edge);
  });

  it("asks the user in the middle of collecting, then goes back to the part", async () => {
    let asked = false;
    const run = start({
      onOpen: (url) => {
        if (!url.endsWith("/statements") || asked) return opens(url);
        asked = true;
        return pages.otp;
      },
    });
    await run.show(pages.home);
    expect(run.log.at(-1)).toBe("raised otp");
    await run.show(pages.home);
    expect(await run.outcome).toMatchObject({ kind: "extracted", failedParts: [] });
    expect(run.site.opened.filter((url) => url.endsWith("/statements"))).toHaveLength(2);
  });

  it("rejects with the signal's reason, at once and wherever it is", async () => {
    const controller = new AbortController();
    const run = start({ signal: controller.signal });
    await run.idle();
    const reason = new Error("released");
    controller.abort(reason);
    await expect(run.outcome).rejects.toBe(reason);
    expect(run.log).toEqual(["raised login", "resolved login"]);
    expect(run.clock.waiting).toBe(0);
  });

  it("ends in a defined outcome on any site, in bounded acts and with every challenge resolved", async () => {
    const anyPage = fc.constantFrom<FakePage>(
      ...Object.values(pages),
      { url: `${origin}/x`, settled: false },
      { url: `${origin}/method` },
      { url: `${origin}/push` },
    );
    await fc.assert(
      fc.asyncProperty(
        fc.array(anyPage, { maxLength: 30 }),
        fc.array(fc.integer({ min: 0, max: 60_000 }), { minLength: 30, maxLength: 30 }),
        async (sequence, times) => {
          const run = start({
            onOpen: (url) => (url.endsWith("/login") ? sequence[0] : undefined),
            onAct: (_action, site) => site.show(sequence[site.acts.length % 7] ?? pages.promo),
          });
          for (const [index, page] of sequence.entries()) {
            await run.show(page, { sameDocument: index % 3 === 0 });
            await run.clock.pass(times[index] ?? 0);
            if (index % 4 === 0) await run.reply();
          }
          await run.clock.pass(11 * 60_000);
          const outcome = await run.outcome;
          if (outcome.kind === "failed") expect(Object.keys(errorCodes)).toContain(outcome.code);
          expect(run.log.filter((line) => line.startsWith("raised"))).toHaveLength(
            run.log.filter((line) => line.startsWith("resolved")).length,
          );
          expect(run.site.acts.length).toBeLessThan(20);
          expect(run.progress).toEqual([...run.progress].sort((a, b) => a - b));
          expect(run.clock.waiting).toBe(0);
        },
      ),
      { numRuns: 60 },
    );
  }, 60_000);
});

describe("a form in the frame", () => {
  const submit = { role: "button", name: "Log in" };
  const login = {
    id: "login",
    when: { url: "/login**", see: submit },
    user: {
      kind: "login",
      fields: [
        { id: "username", label: "User name", at: { label: "Username" } },
        { id: "password", type: "password", at: { label: "Password" } },
      ],
      submit,
    },
  };
  const tree = { screens: base.screens.map((screen) => (screen.id === "login" ? login : screen)) };
  const page = { ...pages.login, shows: [...pages.login.shows, "label Password"] };
  const values = { username: "jane", password: "open sesame" };

  it("is described with what a browser may fill in, and what is written on the button", async () => {
    const run = start({ tree, first: page });
    await run.idle();
    expect(run.challenges[0]).toMatchObject({
      fields: [
        { id: "username", label: "User name", type: "text", autocomplete: "username" },
        { id: "password", label: "password", type: "password", autocomplete: "current-password" },
      ],
      submitLabel: "Log in",
    });
  });

  it("is filled in where the tree says, sent, and can be sent again", async () => {
    const run = start({ tree, first: page });
    await run.fillIn(values);
    expect(run.site.entered).toEqual(["label Username: jane", "label Password: open sesame"]);
    expect(run.site.acts).toEqual([{ click: submit }]);
    await run.fillIn(values);
    expect(run.site.acts).toHaveLength(2);
    await run.show({ ...page, shows: [...page.shows, "text Incorrect password"] });
    await run.fillIn({ password: "open, sesame" });
    expect(run.site.entered.at(-1)).toBe("label Password: open, sesame");
    await run.show(pages.home);
    expect(await run.outcome).toMatchObject({ kind: "extracted" });
    expect(run.log.slice(0, 8)).toEqual([
      "raised login",
      "changed filling",
      "changed sent",
      "changed filling",
      "changed sent",
      "resolved login",
      "raised login",
      "changed filling",
    ]);
    expect(run.clock.waiting).toBe(0);
  });

  it("that lacks a field in the page is not sent, and says which", async () => {
    const run = start({ tree });
    await run.fillIn(values);
    expect(run.challenges[0]?.filled).toEqual({ state: "stuck", missing: ["password"] });
    expect(run.site.acts).toEqual([]);
  });

  it("whose button is gone says that it was not pressed", async () => {
    const run = start({ tree, first: page, onAct: () => false });
    await run.fillIn(values);
    expect(run.challenges[0]?.filled).toEqual({ state: "stuck", missing: [] });
  });

  it("presses nothing on the page that the last letter led to", async () => {
    const run = start({ tree, first: page, onEnter: (_text, site) => site.show(pages.otp) });
    await run.fillIn({ username: "jane" });
    await run.idle();
    expect(run.site.acts).toEqual([]);
    expect(run.log.at(-1)).toBe("raised otp");
  });

  it("for another challenge, or with fields that were not asked for, is not filled in", async () => {
    const run = start({ tree, first: page });
    await run.fillIn(values, "c7");
    await run.fillIn({ ...values, pin: "1234" });
    expect(run.site.entered).toEqual([]);
    expect(run.log).toEqual(["raised login"]);
  });

  it("gets what the tree says may be filled in, and nothing for answers", async () => {
    const fields = [
      { id: "name", at: { label: "Name" } },
      { id: "pin", type: "password", at: { label: "PIN" } },
      { id: "mail", type: "email", at: { label: "Mail" } },
      { id: "token", autocomplete: "one-time-code", at: { label: "Token" } },
    ];
    const ask = {
      id: "login",
      when: { url: "/login" },
      user: { kind: "question", fields, submit: { text: "/go|send/" } },
    };
    const run = start({ tree: { screens: [ask, ...base.screens.slice(2)] } });
    await run.idle();
    expect(run.challenges[0]?.fields.map(({ autocomplete }) => autocomplete)).toEqual([
      "off",
      "off",
      "email",
      "one-time-code",
    ]);
    expect(run.challenges[0]).not.toHaveProperty("submitLabel");
  });
});
