import type { Browser, Page } from "playwright";
import { errorCodes, type Challenge, type ErrorCode } from "@attestream/shared";
import type { FrameView } from "@attestream/shared/frame-api";
import { viewerCloseCodes, type PagePicker } from "@attestream/shared/viewer-protocol";
import { renderBank } from "./bank-picture.ts";
import { FrameServer } from "./frame-server.ts";

/** Stands for "soon" until the scene is played. */
const soon = "2000-01-01T00:00:00.000Z";

export interface Scene {
  view?: Partial<FrameView>;
  /** Before the page is opened. */
  before?(server: FrameServer): void;
  /** Once it is open. */
  act?(stage: { server: FrameServer; page: Page; bank(): Promise<void> }): Promise<void>;
  /** What must be on the glass before the picture is taken. */
  shows: string;
}

const inMinutes = (minutes: number) => new Date(Date.now() + minutes * 60_000).toISOString();

const login: Challenge = {
  id: "c1",
  kind: "login",
  instructions: "Log in to Demo Bank with your user name and password.",
  expiresAt: inMinutes(60),
  fields: [],
  canContinue: false,
};

const loginForm: Challenge = {
  ...login,
  fields: [
    { id: "username", label: "User name", type: "text", autocomplete: "username" },
    { id: "password", label: "Password", type: "password", autocomplete: "current-password" },
  ],
  submitLabel: "Log in",
};

/** Open by itself on a phone. */
async function openForm(page: Page): Promise<void> {
  const opener = page.getByRole("button", { name: "Fill in here instead" });
  await page.locator(".turn-form, .turn-opener").first().waitFor();
  if (await opener.isVisible()) await opener.click();
}

const picker: PagePicker = {
  id: "p1",
  kind: "date",
  label: "Date of birth",
  value: "1990-05-17",
  min: "1900-01-01",
  max: "2020-12-31",
  step: "",
  required: false,
  suggestions: [],
};

function live(
  challenge: Challenge | null,
  more?: (stage: { server: FrameServer; page: Page }) => Promise<void>,
  control = true,
): NonNullable<Scene["act"]> {
  return async ({ server, page, bank }) => {
    await server.until(() => server.streaming);
    server.say({ type: "location", host: "bank.demo.test", secure: true, loading: false });
    server.say({
      type: "challenge",
      challenge: challenge?.expiresAt === soon ? { ...challenge, expiresAt: inMinutes(0.7) } : challenge,
    });
    server.say({ type: "control", enabled: control });
    await bank();
    await page.locator("[data-screen=live]").waitFor();
    await page.waitForTimeout(400);
    await bank();
    await more?.({ server, page });
  };
}

const awaiting: Partial<FrameView> = { status: "AWAITING_USER", streamable: true, progress: 40 };
const over = (code: ErrorCode): Scene => ({
  view: {
    status: errorCodes[code].endsAs,
    progress: 60,
    reason: {
      code,
      category: errorCodes[code].category,
      retriable: errorCodes[code].retriable,
      message: errorCodes[code].message,
    },
  },
  shows: ".notice .fine",
});

export const scenes: Record<string, Scene> = {
  "01-opening": { before: (server) => void server.faults.set("exchange", "hang"), shows: "[data-screen=opening-none]" },
  "02-opening-busy": {
    before: (server) => void server.faults.set("exchange", "storage_unavailable"),
    shows: "[data-screen=opening-busy]",
  },
  "03-consent": {
    view: {
      consent: {
        required: true,
        given: false,
        fields: ["Account holder", "Account type", "Last four digits", "Balance"],
      },
    },
    shows: "[data-screen=consent]",
  },
  "04-consent-failed": {
    view: {
      consent: {
        required: true,
        given: false,
        fields: ["Account holder", "Account type", "Last four digits", "Balance", "Transactions of the last 90 days"],
      },
    },
    before: (server) => void server.faults.set("consent", "internal"),
    act: async ({ page }) => page.getByRole("button", { name: "Agree and continue" }).click(),
    shows: ".form-error",
  },
  "65-idle": {
    view: awaiting,
    act: live(login, async ({ server }) =>
      server.say({ type: "expiring", deadline: { kind: "idle", at: inMinutes(0.4) } }),
    ),
    shows: ".ending-near",
  },
  "66-idle-soon": {
    view: awaiting,
    act: live(login, async ({ server }) =>
      server.say({ type: "expiring", deadline: { kind: "idle", at: inMinutes(0.9) } }),
    ),
    shows: ".ending-quiet",
  },
  "60-hand-over": {
    view: { ...awaiting, handOver: { elsewhere: false, returnable: true, offered: false } },
    act: live(login, ({ page }) => page.getByRole("button", { name: "Use another device" }).click()),
    shows: ".qr",
  },
  "61-elsewhere": {
    view: { ...awaiting, handOver: { elsewhere: true, returnable: false, offered: false } },
    shows: "[data-screen=elsewhere]",
  },
  "62-elsewhere-offered": {
    view: { ...awaiting, handOver: { elsewhere: true, returnable: false, offered: true } },
    shows: ".actions",
  },
  "63-arriving": {
    act: async ({ server, page }) => {
      await page.context().clearCookies();
      await page.evaluate(() => sessionStorage.clear());
      await page.goto(`${server.origin}/verify/${server.sessionId}?handover=${server.handOverToken}`);
    },
    shows: "[data-screen=arriving]",
  },
  "64-slow-link": {
    view: awaiting,
    act: live(login, async ({ server, page }) => {
      server.pongMs = 3_200;
      await page.evaluate(() => document.dispatchEvent(new Event("resume")));
    }),
    shows: ".link-poor",
  },
  "05-queue": { view: { queue: { position: 4, estimateMs: 110_000 } }, shows: "[data-screen=waiting-queue]" },
  "06-browser": { view: { status: "INITIALIZING" }, shows: "[data-screen=waiting-browser]" },
  "07-stream": { view: { status: "CONNECTED", streamable: true }, shows: "[data-screen=waiting-stream]" },
  "08-site": { view: { status: "LOADING_TREE", streamable: true }, shows: "[data-screen=waiting-site]" },
  "09-live-login": { view: awaiting, act: live(login), shows: ".screen" },
  "10-live-error": {
    view: awaiting,
    act: live({ ...login, websiteError: "The user name or password is incorrect. You have 2 tries left." }),
    shows: ".turn-error",
  },
  "11-live-otp": {
    view: awaiting,
    act: live({
      ...login,
      kind: "otp",
      method: "sms",
      instructions: "Demo Bank has sent a code with 6 digits to your phone. Type it on the page.",
      expiresAt: soon,
    }),
    shows: ".ending",
  },
  "12-live-choice": {
    view: awaiting,
    act: live({
      ...login,
      kind: "choice",
      instructions: "Which account should be verified?",
      choices: [
        { id: "a", label: "Checking ··4821" },
        { id: "b", label: "Savings ··0937" },
      ],
    }),
    shows: ".button-choice",
  },
  "13-live-continue": {
    view: awaiting,
    act: live({
      ...login,
      kind: "unknown",
      instructions: "This page is new to us. Please do what it asks, then press Continue.",
      canContinue: true,
    }),
    shows: ".turn-answers",
  },
  "14-live-working": {
    view: { ...awaiting, status: "RUNNING" },
    act: live(null, undefined, false),
    shows: ".veil-label",
  },
  "15-live-reconnecting": {
    view: awaiting,
    act: live(login, async ({ server }) => {
      server.faults.set("stream-ticket", "storage_unavailable");
      server.cutStream();
    }),
    shows: ".veil-card",
  },
  "16-live-offline": {
    view: awaiting,
    act: live(login, async ({ page }) => page.context().setOffline(true)),
    shows: ".veil-card",
  },
  "17-cancel": {
    view: awaiting,
    act: live(login, async ({ page }) => page.getByRole("button", { name: "Cancel" }).click()),
    shows: "dialog[open]",
  },
  "18-feed-down": {
    view: { status: "INITIALIZING" },
    act: async ({ server }) => {
      await server.until(() => server.requests.includes("GET events"));
      server.faults.set("events", "storage_unavailable");
      server.cutFeeds();
    },
    shows: ".feed-down",
  },
  "19-collecting": { view: { status: "COLLECTING_DATA", progress: 65 }, shows: "[data-screen=collecting]" },
  "20-verifying": { view: { status: "VERIFYING", progress: 85 }, shows: "[data-screen=verifying]" },
  "21-completed": { view: { status: "COMPLETED", progress: 100 }, shows: "[data-screen=completed]" },
  "22-partial": over("ATTESTATION_TIMEOUT"),
  "23-failed-auth": over("ACCOUNT_LOCKED"),
  "24-failed-mfa": over("MFA_METHOD_UNSUPPORTED"),
  "25-failed-platform": over("PLATFORM_UNAVAILABLE"),
  "26-failed-account": over("REQUIREMENTS_NOT_MET"),
  "27-failed-tree": over("NAVIGATION_BLOCKED"),
  "28-failed-attestation": over("ATTESTATION_MISMATCH"),
  "29-failed-system": over("WORKER_LOST"),
  "30-no-capacity": over("NO_CAPACITY"),
  "31-expired": over("SESSION_EXPIRED"),
  "32-abandoned": over("USER_ABANDONED"),
  "33-terminated": over("TERMINATED_BY_PARTNER"),
  "34-cancelled": over("USER_CANCELLED"),
  "35-declined": over("CONSENT_DECLINED"),
  "36-link-used": {
    before: (server) => void server.faults.set("exchange", "embed_token_used"),
    shows: "[data-screen=refused-linkUsed]",
  },
  "37-link-invalid": {
    before: (server) => void server.faults.set("exchange", "embed_token_invalid"),
    shows: "[data-screen=refused-linkInvalid]",
  },
  "38-held": {
    view: awaiting,
    act: live(login, async ({ server }) => server.dropStream(viewerCloseCodes.replaced)),
    shows: "[data-screen=refused-held]",
  },
  "44-held-elsewhere": {
    before: (server) => void server.faults.set("exchange", "session_held"),
    shows: "[data-screen=refused-heldElsewhere]",
  },
  "39-not-found": {
    before: (server) => void server.faults.set("exchange", "session_not_found"),
    shows: "[data-screen=refused-notFound]",
  },
  "40-over": {
    before: (server) => void server.faults.set("exchange", "session_over"),
    shows: "[data-screen=refused-over]",
  },
  "41-hold-lost": {
    before: (server) => void server.faults.set("exchange", "viewer_unknown"),
    shows: "[data-screen=refused-holdLost]",
  },
  "42-insecure": {
    act: async ({ page }) => {
      await page.addInitScript(() => Object.defineProperty(window, "isSecureContext", { value: false }));
      await page.reload();
    },
    shows: "[data-screen=refused-insecure]",
  },
  "45-dialog-confirm": {
    view: awaiting,
    act: live(login, async ({ server }) =>
      server.say({
        type: "dialog",
        dialog: {
          id: "d1",
          kind: "confirm",
          host: "bank.demo.test",
          message: "Your session is about to end.\n\nStay logged in?",
          suggestion: "",
        },
      }),
    ),
    shows: "dialog[open]",
  },
  "46-dialog-prompt": {
    view: awaiting,
    act: live(login, async ({ server }) =>
      server.say({
        type: "dialog",
        dialog: {
          id: "d1",
          kind: "prompt",
          host: "secure.login.a-bank-with-a-long-name.example.test",
          message: "Name this device, so that you recognise it later:",
          suggestion: "My browser",
        },
      }),
    ),
    shows: "dialog[open] input",
  },
  "47-dialog-leave": {
    view: awaiting,
    act: live(login, async ({ server }) =>
      server.say({
        type: "dialog",
        dialog: { id: "d1", kind: "leave", host: "bank.demo.test", message: "", suggestion: "" },
      }),
    ),
    shows: "dialog[open]",
  },
  "48-select": {
    view: awaiting,
    act: live(login, async ({ server }) =>
      server.say({
        type: "select",
        select: {
          id: "s1",
          label: "Your branch",
          options: ["Please choose", "Aberdeen", "Bristol", "Cardiff", "Derby", "Exeter", "Falmouth", "Glasgow"].map(
            (label, index) => ({
              index,
              label,
              group: index === 0 ? "" : index < 5 ? "Open on Saturdays" : "Others",
              disabled: label === "Cardiff",
              selected: label === "Bristol",
            }),
          ),
        },
      }),
    ),
    shows: "dialog[open] .option",
  },
  "49-file": {
    view: awaiting,
    act: live(login, async ({ server }) =>
      server.say({
        type: "file",
        request: { id: "f1", host: "bank.demo.test", multiple: false, accept: "image/*" },
      }),
    ),
    shows: "dialog[open] .dialog-file",
  },
  "50-popup": {
    view: awaiting,
    act: live(login, async ({ server }) => {
      server.say({ type: "location", host: "id.a-provider.test", secure: true, loading: false });
      server.say({ type: "popup", popup: { belowHost: "bank.demo.test" } });
    }),
    shows: ".popup-bar",
  },
  "51-picker-date": {
    view: awaiting,
    act: live(login, async ({ server }) => server.say({ type: "picker", picker })),
    shows: "dialog[open] input[type=date]",
  },
  "52-picker-colour": {
    view: awaiting,
    act: live(login, async ({ server }) =>
      server.say({
        type: "picker",
        picker: { ...picker, kind: "color", label: "", value: "#0d5c48", min: "", max: "", required: true },
      }),
    ),
    shows: "dialog[open] input[type=color]",
  },
  "53-picker-week": {
    view: awaiting,
    act: live(login, async ({ server }) =>
      server.say({
        type: "picker",
        picker: { ...picker, kind: "week", label: "", value: "", min: "", max: "", suggestions: ["2026-W01"] },
      }),
    ),
    shows: "dialog[open] input[type=week]",
  },
  "54-auth": {
    view: awaiting,
    act: live(login, async ({ server }) =>
      server.say({
        type: "auth",
        request: { id: "a1", host: "members.demo.test", realm: "Members’ area", secure: true, again: false },
      }),
    ),
    shows: "dialog[open] input[type=password]",
  },
  "55-auth-again": {
    view: awaiting,
    act: live(login, async ({ server }) =>
      server.say({
        type: "auth",
        request: { id: "a1", host: "members.demo.test", realm: "", secure: false, again: true },
      }),
    ),
    shows: "dialog[open] .form-error",
  },
  "56-popup-refused": {
    view: awaiting,
    act: live(login, async ({ server }) => server.say({ type: "popupRefused", host: "ads.elsewhere.test" })),
    shows: "dialog[open]",
  },
  "57-form": { view: awaiting, act: live(loginForm, async ({ page }) => openForm(page)), shows: ".turn-form" },
  "58-form-closed": {
    view: awaiting,
    act: live(loginForm, async ({ page }) => {
      await openForm(page);
      await page.getByRole("button", { name: "Type on the page" }).click();
    }),
    shows: ".turn-opener",
  },
  "59-form-error": {
    view: awaiting,
    act: live(
      { ...loginForm, websiteError: "The user name or password is incorrect. You have 2 tries left." },
      async ({ page }) => openForm(page),
    ),
    shows: ".turn-form",
  },
  "60-form-code": {
    view: awaiting,
    act: live(
      {
        ...login,
        kind: "otp",
        method: "sms",
        instructions: "Enter the security code that Demo Bank sent to your phone.",
        fields: [{ id: "code", label: "Security code", type: "code", length: 6, autocomplete: "one-time-code" }],
        submitLabel: "Verify",
      },
      async ({ page }) => openForm(page),
    ),
    shows: ".turn-form",
  },
  "61-form-stuck": {
    view: awaiting,
    act: live({ ...loginForm, filled: { state: "stuck", missing: ["password"] } }, async ({ page }) => openForm(page)),
    shows: ".form-said",
  },
  "62-form-question": {
    view: awaiting,
    act: live(
      {
        ...login,
        kind: "question",
        instructions: "What was the name of your first pet?",
        fields: [{ id: "answer", label: "Your answer", type: "text", autocomplete: "off" }],
        submitLabel: "Answer",
      },
      async ({ page }) => openForm(page),
    ),
    shows: ".turn-form",
  },
  "43-session-ending": { view: { ...awaiting, expiresAt: soon }, act: live(login), shows: ".ending" },
};

/** Puts the scene onto the page; the caller closes the server. */
export async function playScene(browser: Browser, page: Page, scene: Scene): Promise<FrameServer> {
  const server = await FrameServer.start({
    view: { ...scene.view, ...(scene.view?.expiresAt === soon ? { expiresAt: inMinutes(4) } : {}) },
  });
  try {
    scene.before?.(server);
    await page.goto(server.embedUrl());
    const bank = async () => {
      const resize = server.received.findLast((message) => message.type === "resize");
      const { width, height } = resize?.type === "resize" ? resize : { width: 800, height: 500 };
      server.drawWhole(width, height, await renderBank(browser, width, height));
    };
    await scene.act?.({ server, page, bank });
    await page.locator(scene.shows).first().waitFor({ timeout: 10_000 });
    return server;
  } catch (error) {
    await server.close();
    throw error;
  }
}
