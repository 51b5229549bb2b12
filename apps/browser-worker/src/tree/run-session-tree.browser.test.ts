import type { PlatformDefinition } from "@attestream/workflow";
import type { Browser, Dialog } from "playwright";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { runSessionTree } from "./run-session-tree.ts";
import { driveTree, launchBrowser } from "./testing/drive-tree.ts";
import { startLittleSite, type LittleSite } from "./testing/little-site.ts";

/** Says in the end which keys it saw in the secret, and what was in the rest. */
const formPage = `<form><label>Name <input id=name value=remembered></label><label>Secret <input id=secret type=password></label>
<label>Code <input class=box maxlength=1></label><input class=box maxlength=1><input class=box maxlength=1><input class=box maxlength=1>
<label>Plan <input value=fixed readonly></label><button>Log in</button></form><script>
const keys = [], boxes = [...document.querySelectorAll(".box")], form = document.querySelector("form");
document.querySelector("#secret").onkeydown = ({ key, isTrusted }) => keys.push(isTrusted ? key : "untrusted");
boxes.forEach((box, at) => box.oninput = () => box.value && boxes[at + 1]?.focus());
form.onsubmit = (event) => {
  event.preventDefault();
  const said = [keys.join(""), form.elements.name.value, boxes.map(({ value }) => value).join("")].join("/");
  document.body.innerHTML = "<p>Your account is locked</p><pre></pre>";
  document.querySelector("pre").textContent = said;
};</script>`;

let site: LittleSite;
let browser: Browser;

beforeAll(async () => {
  site = await startLittleSite({
    "/login": `<button onclick="location='https://elsewhere.example/'">Log in</button>`,
    "/framed": `<h1>Welcome</h1><iframe src="https://login.other.test/inner" width="600" height="300"></iframe>`,
    // No request and no navigation: only an observer inside the frame can notice.
    "/inner": `<button onclick="setTimeout(()=>{document.body.innerHTML='<p>Your account is locked</p>'},600)">Log in</button>`,
    "/form": formPage,
    "/asks": `<label>Name <input></label><button onclick="alert('Sure?');document.body.innerHTML='<p>Your account is locked</p>'">Log in</button>`,
    "/unknown": "<h1>Something new</h1>",
    "/welcome": "<h1>Welcome</h1>",
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
  it("opens the login page while the user reads what to agree to, tells nothing of it, and finds it there", async () => {
    const visits: string[] = [];
    let told: readonly unknown[] = ["not asked"];
    const { outcome } = await driveTree(browser, nobody, {
      change: (definition) => ({
        ...from("/welcome")(definition),
        screens: [{ id: "welcome", when: { see: { text: "Welcome" } }, fail: "ACCOUNT_LOCKED" }, ...definition.screens],
      }),
      async onReading(page, reports) {
        page.on("request", (request) => visits.push(new URL(request.url()).pathname));
        await page.getByRole("heading", { name: "Welcome" }).waitFor();
        told = [...reports];
      },
    });
    expect(told).toEqual([]);
    expect(outcome).toEqual({ kind: "failed", code: "ACCOUNT_LOCKED" });
    expect(visits.filter((path) => path === "/welcome")).toHaveLength(1);
  });

  /** The login screen as this page has it, with these fields. */
  const asking =
    (path: string, ...labels: string[]) =>
    (definition: PlatformDefinition): PlatformDefinition => {
      const fields = labels.map((label) => ({ id: label.toLowerCase(), at: { label } }));
      const when = { see: { role: "button" as const, name: "Log in" } };
      return {
        ...from(path)(definition),
        screens: definition.screens.map((screen) =>
          screen.user && screen.id === "login" ? { ...screen, when, user: { ...screen.user, fields } } : screen,
        ),
      };
    };

  it("types what the user wrote in the frame into the page's fields, key by key, and presses its button", async () => {
    let said = "";
    const { outcome, fillings } = await driveTree(
      browser,
      async (page, _challenge, _earlier, reply) => {
        reply([
          { id: "name", value: "Zoë 🙂" },
          { id: "secret", value: "a|B 4" },
          { id: "code", value: "1234" },
        ]);
        said = await page.locator("pre").innerText();
      },
      { change: asking("/form", "Name", "Secret", "Code") },
    );
    expect(outcome).toEqual({ kind: "failed", code: "ACCOUNT_LOCKED" });
    expect(said).toBe("a|B 4/Zoë 🙂/1234");
    expect(fillings).toEqual([
      { state: "filling", missing: [] },
      { state: "sent", missing: [] },
    ]);
  });

  it("does not take a question that the page asks at its button for a button that is gone", async () => {
    const asked = Promise.withResolvers<Dialog>();
    const { outcome, fillings } = await driveTree(
      browser,
      async (page, _challenge, _earlier, reply) => {
        page.on("dialog", (dialog) => asked.resolve(dialog));
        reply([{ id: "name", value: "Jane" }]);
      },
      {
        change: asking("/asks", "Name"),
        onFilled: async (_page, { state }) => {
          if (state !== "filling") await (await asked.promise).accept();
        },
      },
    );
    expect(fillings.at(-1)).toEqual({ state: "sent", missing: [] });
    expect(outcome).toEqual({ kind: "failed", code: "ACCOUNT_LOCKED" });
  });

  it("says which fields it cannot fill and presses nothing; the user goes on in the page", async () => {
    const { outcome, fillings } = await driveTree(
      browser,
      async (_page, _challenge, _earlier, reply) =>
        reply([
          { id: "name", value: "Jane" },
          { id: "plan", value: "another" },
          { id: "token", value: "1234" },
        ]),
      {
        change: asking("/form", "Name", "Plan", "Token"),
        onFilled: async (page, { state }) => {
          if (state === "stuck") await page.getByRole("button", { name: "Log in" }).click();
        },
      },
    );
    expect(outcome).toEqual({ kind: "failed", code: "ACCOUNT_LOCKED" });
    expect(fillings.at(-1)).toEqual({ state: "stuck", missing: ["plan", "token"] });
  });

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
      viewer: {
        showChallenge: () => undefined,
        setControl: () => undefined,
        showDeadline: () => undefined,
        onPresence: () => () => undefined,
        onChallengeReply: () => () => undefined,
      },
      report: () => undefined,
      now: () => new Date(),
      newId: () => "id",
      agreed: Promise.resolve(),
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
