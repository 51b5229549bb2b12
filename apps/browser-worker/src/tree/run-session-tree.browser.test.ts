import type { PlatformDefinition } from "@attestream/workflow";
import type { Browser } from "playwright";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { runSessionTree } from "./run-session-tree.ts";
import { driveTree, launchBrowser } from "./testing/drive-tree.ts";
import { startLittleSite, type LittleSite } from "./testing/little-site.ts";

let site: LittleSite;
let browser: Browser;

beforeAll(async () => {
  site = await startLittleSite({
    "/login": `<button onclick="location='https://elsewhere.example/'">Log in</button>`,
    "/framed": `<h1>Welcome</h1><iframe src="https://login.other.test/inner" width="600" height="300"></iframe>`,
    // No request and no navigation: only an observer inside the frame can notice.
    "/inner": `<button onclick="setTimeout(()=>{document.body.innerHTML='<p>Your account is locked</p>'},600)">Log in</button>`,
    "/unknown": "<h1>Something new</h1>",
  });
  browser = await launchBrowser(site.port);
});

afterAll(async () => {
  await browser?.close();
  await site?.close();
});

const nobody = async () => undefined;
const from = (path: string) => (definition: PlatformDefinition) => ({
  ...definition,
  loginUrl: `https://bank.demo.test${path}`,
});

describe("runSessionTree", () => {
  it("says that the platform changed when the user cannot help either", async () => {
    const { outcome, challenges } = await driveTree(browser, async (_page, _challenge, _earlier, reply) => reply(), {
      change: from("/unknown"),
    });
    expect(outcome).toEqual({ kind: "failed", code: "PLATFORM_CHANGED", message: "No screen matches." });
    expect(challenges.map(({ kind }) => kind)).toEqual(["unknown", "unknown"]);
  });

  it("sees and watches a frame of another site, which runs in another process", async () => {
    const { outcome } = await driveTree(
      browser,
      async (page) => page.frameLocator("iframe").getByRole("button", { name: "Log in" }).click(),
      {
        change: (definition) => ({
          ...from("/framed")(definition),
          allow: [...definition.allow, "login.other.test"],
          screens: definition.screens.map((screen) =>
            screen.id === "login" ? { ...screen, when: { see: { role: "button", name: "Log in" } } } : screen,
          ),
        }),
      },
    );
    expect(outcome).toEqual({ kind: "failed", code: "ACCOUNT_LOCKED" });
  });

  it("ends when the page leads the user to a host that is not allowed", async () => {
    const { outcome } = await driveTree(browser, async (page) => page.getByRole("button").click());
    expect(outcome).toEqual({ kind: "failed", code: "NAVIGATION_BLOCKED" });
  });

  it("ends when the platform cannot be reached", async () => {
    const { outcome } = await driveTree(browser, nobody, {
      change: (definition) => ({
        ...definition,
        allow: [...definition.allow, "lost.example"],
        loginUrl: "https://lost.example/login",
      }),
    });
    expect(outcome).toEqual({ kind: "failed", code: "PLATFORM_UNAVAILABLE" });
  });

  it("ends by the challenge's own time", async () => {
    const { outcome, control } = await driveTree(browser, nobody, {
      change: (definition) => ({
        ...definition,
        screens: definition.screens.map((screen) =>
          screen.user ? { ...screen, user: { ...screen.user, timeout: "300ms" } } : screen,
        ),
      }),
    });
    expect(outcome).toEqual({ kind: "failed", code: "USER_ACTION_TIMEOUT" });
    expect(control.at(-1)).toBe(false);
  });

  it("rejects with the signal's reason when it is stopped", async () => {
    const controller = new AbortController();
    const reason = new Error("released");
    const driven = driveTree(browser, async () => controller.abort(reason), { signal: controller.signal });
    await expect(driven).rejects.toBe(reason);
  });

  it("refuses a tree that is not valid, or not the one that the session pins", async () => {
    const context = await browser.newContext();
    const page = await context.newPage();
    const options = {
      loginUrl: "https://bank.demo.test/login",
      context,
      page: () => page,
      viewer: { showChallenge: () => undefined, setControl: () => undefined, onChallengeReply: () => () => undefined },
      report: () => undefined,
      now: () => new Date(),
      newId: () => "id",
      signal: new AbortController().signal,
    };
    const platform: PlatformDefinition = {
      format: "platform/1",
      name: "bank",
      displayName: "Bank",
      loginUrl: "https://bank.demo.test/login",
      version: "1.0.0",
      allow: ["bank.demo.test"],
      screens: [{ id: "home", when: { url: "/" }, then: "collect" }],
      collect: [{ id: "page", read: { title: { css: "h1" } } }],
    };
    expect(await runSessionTree({ ...options, platform: { ...platform, extra: 1 }, platformHash: "0" })).toEqual({
      kind: "failed",
      code: "TREE_INVALID",
    });
    expect(await runSessionTree({ ...options, platform, platformHash: "0" })).toMatchObject({
      kind: "failed",
      code: "TREE_INVALID",
    });
    await context.close();
  });
});
