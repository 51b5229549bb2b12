import { mkdtemp, readFile, rm } from "node:fs/promises";
import { createServer, type Server } from "node:https";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Writable } from "node:stream";
import { pino } from "pino";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { ensureCertificates } from "../certificates/ensure-certificates.ts";
import { BankVisitor } from "../testing/bank-visitor.ts";
import { createDemoBank } from "./create-demo-bank.ts";
import { demoUsers } from "./demo-users.ts";

let folder: string;
let server: Server;
let ca: string;
let now = new Date("2026-11-15T12:00:00Z");
let visitor: BankVisitor;
let logged = "";

const newVisitor = () => new BankVisitor({ port: (server.address() as AddressInfo).port, ca });

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "demo-bank-"));
  const { leaf, caFile } = await ensureCertificates({ folder, now: new Date() });
  ca = await readFile(caFile, "utf8");
  const log = pino(
    { level: "trace" },
    new Writable({ write: (chunk, _encoding, done) => ((logged += String(chunk)), done()) }),
  );
  server = createServer({ cert: leaf.certificate, key: leaf.key }, createDemoBank({ clock: () => now, log }));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
});

beforeEach(() => {
  now = new Date("2026-11-15T12:00:00Z");
  visitor = newVisitor();
});

afterAll(async () => {
  server?.closeAllConnections();
  await new Promise((resolve) => server?.close(resolve));
  await rm(folder, { recursive: true, force: true });
});

describe("logging in", () => {
  it("goes by password and code to the accounts, whose data comes from the JSON API", async () => {
    const code = await visitor.logIn("user_good");
    expect(code.path).toBe("/otp");
    expect(code.body).toContain("by SMS to •••• 42");
    expect(await visitor.submit("/otp", { code: "123 456" })).toMatchObject({ path: "/accounts", status: 200 });
    const api = await visitor.get("/api/v1/accounts");
    expect(JSON.parse(api.body)).toEqual({
      owner: { name: "Jane Doe" },
      items: [
        { type: "CHK", name: "Everyday Checking", number: "000123451234", currency: "USD", balance: "2543.10" },
        { type: "SAV", name: "Rainy Day Savings", number: "000987655678", currency: "USD", balance: "12800.00" },
      ],
    });
  });

  it("says the same for a wrong password and an unknown name, and does not lock", async () => {
    for (const [username, password] of [
      ["user_good", "x"],
      ["nobody", "pass_good"],
      ["user_good", ""],
      ["user_good", "y"],
    ] as const) {
      const page = await visitor.logIn(username, password);
      expect(page.path).toBe("/login");
      expect(page.body).toContain("Incorrect username or password");
    }
    expect((await visitor.get("/login")).body).not.toContain("Incorrect");
    expect((await visitor.logIn("user_good")).path).toBe("/otp");
  });

  it("tells wrong from expired codes, sends new ones, and gives up after five wrong ones", async () => {
    await visitor.logIn("user_good");
    expect((await visitor.submit("/otp", { code: "000000" })).body).toContain("That code is not correct");
    now = new Date(now.getTime() + 6 * 60_000);
    expect((await visitor.submit("/otp", { code: "123456" })).body).toContain("This code has expired");
    expect((await visitor.submit("/otp/resend")).body).toContain("A new code is on its way");
    for (let wrong = 2; wrong < 5; wrong += 1) expect((await visitor.submit("/otp", { code: "1" })).path).toBe("/otp");
    const last = await visitor.submit("/otp", { code: "1" });
    expect(last.path).toBe("/login");
    expect(last.body).toContain("Too many wrong codes");
    expect((await visitor.get("/otp")).headers["location"]).toBe("/login");
  });

  it("ends after a quarter of an hour without a click, and on logging out", async () => {
    await visitor.enter("user_good");
    now = new Date(now.getTime() + 16 * 60_000);
    expect((await visitor.get("/api/v1/accounts")).status).toBe(401);
    await visitor.enter("user_good");
    expect((await visitor.submit("/logout")).path).toBe("/login");
    expect((await visitor.get("/accounts")).headers["location"]).toBe("/login");
  });
});

describe("magic users", () => {
  it.each([
    ["user_locked", "/locked", "Your account is locked", 200],
    ["user_closed", "/closed", "Your account has been closed", 200],
    ["user_newpass", "/new-password", "Choose a new password", 200],
    ["user_down", "/maintenance", "We will be back soon", 503],
    ["user_unknown", "/unknown", "We do not know these details", 200],
    ["user_memoryhog", "/heavy", "/assets/heavy.js", 200],
  ])("%s is led to %s after the password", async (username, path, text, status) => {
    const page = await visitor.logIn(username);
    expect(page).toMatchObject({ path, status });
    expect(page.body).toContain(text);
    expect((await visitor.get("/api/v1/accounts")).status).toBe(401);
  });

  it("user_newpass gets on with two equal new passwords", async () => {
    await visitor.logIn("user_newpass");
    expect((await visitor.submit("/new-password", { first: "long enough", second: "different" })).body).toContain(
      "differ",
    );
    expect((await visitor.submit("/new-password", { first: "long enough", second: "long enough" })).path).toBe("/otp");
  });

  it("user_expired has a first code that has run out", async () => {
    await visitor.logIn("user_expired");
    expect((await visitor.submit("/otp", { code: "123456" })).body).toContain("This code has expired");
    await visitor.submit("/otp/resend");
    expect((await visitor.submit("/otp", { code: "123456" })).path).toBe("/accounts");
  });

  it("user_offer sees the accounts behind a dialog until it is dismissed", async () => {
    expect((await visitor.enter("user_offer")).body).toMatch(/role="dialog"[^>]*aria-labelledby="offer-title"/);
    const after = await visitor.submit("/offer");
    expect(after.path).toBe("/accounts");
    expect(after.body).not.toContain("dialog");
  });

  it("user_survey meets a survey before anything else", async () => {
    expect((await visitor.enter("user_survey")).path).toBe("/survey");
    expect((await visitor.submit("/survey")).path).toBe("/accounts");
  });

  it("user_question answers a question in place of the code, and has five tries", async () => {
    const page = await visitor.logIn("user_question");
    expect(page).toMatchObject({ path: "/question", status: 200 });
    expect(page.body).toContain("first pet?");
    for (let wrong = 1; wrong < 5; wrong += 1)
      expect((await visitor.submit("/question", { answer: "Rex" })).body).toContain("That answer is not correct");
    expect((await visitor.submit("/question", { answer: "Rex" })).body).toContain("Too many wrong answers");
    await visitor.logIn("user_question");
    expect((await visitor.submit("/question", { answer: " biscuit " })).path).toBe("/accounts");
  });

  it("user_choice sees the one account that was chosen, after choosing", async () => {
    expect((await visitor.enter("user_choice")).path).toBe("/choose-account");
    expect((await visitor.submit("/choose-account", { account: "7" })).path).toBe("/choose-account");
    expect((await visitor.submit("/choose-account", { account: "1" })).path).toBe("/accounts");
    const { items } = JSON.parse((await visitor.get("/api/v1/accounts")).body) as { items: { type: string }[] };
    expect(items.map(({ type }) => type)).toEqual(["SAV"]);
  });

  it("user_nostatements gets an error for statements; others get a table", async () => {
    await visitor.enter("user_nostatements");
    expect((await visitor.get("/statements")).status).toBe(500);
    const other = newVisitor();
    await other.enter("user_good");
    const cells = [...(await other.get("/statements")).body.matchAll(/<td[^>]*>([^<]+)<\/td>/g)].map(
      (match) => match[1],
    );
    expect(cells.slice(0, 3)).toEqual(["Oct 31, 2026", "October 2026", "$2,391.42"]);
    expect(cells).toHaveLength(18);
  });

  it("are all on the help page", async () => {
    const { body } = await visitor.get("/about");
    for (const { username } of demoUsers) expect(body).toContain(username);
  });
});

describe("security", () => {
  it("keeps the customer's pages and data from others", async () => {
    for (const path of ["/accounts", "/statements", "/otp", "/new-password", "/question", "/choose-account", "/survey"])
      expect((await visitor.get(path)).headers["location"]).toBe("/login");
    expect((await visitor.get("/api/v1/accounts")).status).toBe(401);
    await visitor.logIn("user_good");
    expect((await visitor.get("/api/v1/accounts")).status).toBe(401);
  });

  it("sets cookies that only this site gets, and another one at each step", async () => {
    const { headers } = await visitor.get("/login");
    expect(headers["set-cookie"]?.[0]).toMatch(/^__Host-demo-bank=[\w-]{32}; Path=\/; HttpOnly; Secure; SameSite=Lax$/);
    const before = visitor.cookies.get("__Host-demo-bank");
    await visitor.submit("/login", { username: "user_good", password: "pass_good" });
    const between = visitor.cookies.get("__Host-demo-bank");
    await visitor.submit("/otp", { code: "123456" });
    expect(new Set([before, between, visitor.cookies.get("__Host-demo-bank")]).size).toBe(3);
  });

  it("refuses forms without the page's token", async () => {
    await visitor.get("/login");
    const page = await visitor.post("/login", { formToken: "guessed", username: "user_good", password: "pass_good" });
    expect(page.status).toBe(403);
    await visitor.enter("user_good");
    expect((await visitor.post("/logout", { formToken: "" })).status).toBe(403);
    expect((await visitor.get("/api/v1/accounts")).status).toBe(200);
  });

  it("sends a policy that allows nothing from elsewhere, and is never framed or kept", async () => {
    const { headers } = await visitor.get("/login");
    expect(headers).toMatchObject({
      "x-frame-options": "DENY",
      "x-content-type-options": "nosniff",
      "cache-control": "no-store",
    });
    expect(headers["content-security-policy"]).toContain("default-src 'none'");
    expect(headers["x-powered-by"]).toBeUndefined();
  });

  it("answers what it cannot take with a page, and logs nothing that was typed", async () => {
    await visitor.logIn("canary_user_1", "canary_password_1");
    expect((await visitor.post("/login", { username: "canary_2".repeat(2_000) })).status).toBe(413);
    expect((await visitor.get("/nowhere?canary_3=1")).status).toBe(404);
    expect((await visitor.get("/%zz")).status).toBeLessThan(500);
    expect(logged).not.toContain("canary");
  });
});
