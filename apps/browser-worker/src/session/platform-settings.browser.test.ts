import { createServer, type Server } from "node:https";
import type { IncomingHttpHeaders } from "node:http";
import type { AddressInfo } from "node:net";
import { createCertificateAuthority } from "@attestream/testkit";
import { parsePlatform } from "@attestream/workflow";
import { chromium, type Browser } from "playwright";
import { afterAll, beforeAll, expect, it } from "vitest";
import { findChromium } from "../sandbox/find-chromium.ts";
import { alignClientHints } from "./client-hints.ts";
import { readPlatformSettings } from "./platform-settings.ts";

let server: Server;
let browser: Browser;
let url = "";
const headers = new Map<string, IncomingHttpHeaders>();

beforeAll(async () => {
  const authority = await createCertificateAuthority("settings");
  server = createServer(await authority.issue("localhost"), (request, response) => {
    headers.set(request.url ?? "", request.headers);
    response
      .writeHead(200, { "content-type": "text/html", "accept-ch": "Sec-CH-UA-Full-Version-List" })
      .end("<!doctype html><p>hi");
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  url = `https://localhost:${(server.address() as AddressInfo).port}`;
  const { path } = await findChromium(undefined);
  browser = await chromium.launch({ executablePath: path, chromiumSandbox: process.getuid?.() !== 0 });
});

afterAll(async () => {
  await browser?.close();
  server?.closeAllConnections();
  await new Promise((resolve) => server?.close(resolve));
});

function platformWith(settings: string): unknown {
  const parsed = parsePlatform(
    `format: platform/1
name: bank
displayName: Bank
loginUrl: https://bank.test/login
version: 1.0.0
allow: [bank.test]
${settings}
screens: [{ id: home, when: { url: "/**" }, then: collect }]
collect: [{ id: account, read: { holder: { css: p } } }]
`,
    "platform.yaml",
  );
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems));
  return parsed.definition;
}

/** What a page can tell of the browser, by its scripts, in a worker and from its request. */
async function look(settings: string, locale?: string) {
  const read = readPlatformSettings({
    platform: platformWith(settings),
    loginUrl: "https://bank.test/login",
    locale,
    browserVersion: browser.version(),
  });
  const context = await browser.newContext({ ...read?.context, ignoreHTTPSErrors: true });
  const path = `/${headers.size}`;
  try {
    const page = await context.newPage();
    await alignClientHints(context, page);
    await page.goto(url + path);
    const inPage = await page.evaluate<Record<string, unknown>>(`(async () => {
      const source = "postMessage([navigator.userAgent, navigator.language, navigator.languages.join(), Intl.DateTimeFormat().resolvedOptions().timeZone, new Date(2026, 6, 1).getTimezoneOffset()])";
      const worker = new Worker(URL.createObjectURL(new Blob([source])));
      const { language, languages, userAgent, appVersion, platform, userAgentData, webdriver } = navigator;
      const { brands, mobile } = userAgentData.toJSON();
      const { locale, timeZone } = Intl.DateTimeFormat().resolvedOptions();
      return {
        language, languages: languages.join(), userAgent, appVersion, platform, webdriver, mobile, locale, timeZone,
        brands: brands.map(({ brand, version }) => brand + " " + version).join("; "),
        hintedPlatform: userAgentData.toJSON().platform,
        number: (1234.5).toLocaleString(),
        summer: new Date(2026, 6, 1).getTimezoneOffset(), winter: new Date(2026, 0, 1).getTimezoneOffset(),
        worker: await new Promise((resolve) => { worker.onmessage = ({ data }) => resolve(data); }),
      };
    })()`);
    return { inPage, sent: headers.get(path) ?? {} };
  } finally {
    await context.close();
  }
}

it("gives the page the platform's language and time zone, everywhere it can look", async () => {
  const { inPage, sent } = await look("browser: { locale: de-DE, timezone: America/Phoenix }", "fr-FR");
  expect(inPage).toMatchObject({
    language: "de-DE",
    locale: "de-DE",
    timeZone: "America/Phoenix",
    number: "1.234,5",
    summer: 420,
    winter: 420,
  });
  expect(inPage["worker"]).toEqual([inPage["userAgent"], "de-DE", inPage["languages"], "America/Phoenix", 420]);
  // The header may name more after it, with less weight; what scripts see begins with the same.
  expect(sent["accept-language"]).toMatch(/^de-DE(?:,|$)/);
  expect(String(inPage["languages"]).split(",")[0]).toBe("de-DE");
});

it("keeps summer time, and takes the session's language where the platform names none", async () => {
  const { inPage, sent } = await look("browser: { timezone: Europe/London }", "pt-br");
  expect(inPage).toMatchObject({ timeZone: "Europe/London", summer: -60, winter: 0, language: "pt-BR" });
  expect(sent["accept-language"]).toMatch(/^pt-BR(?:,|$)/);
});

it("looks like an ordinary Chrome of its own version, in the header, to scripts and in the client hints", async () => {
  const { inPage, sent } = await look("");
  const major = browser.version().split(".")[0] ?? "";
  expect(inPage["userAgent"]).toBe(
    `Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/${major}.0.0.0 Safari/537.36`,
  );
  expect(sent["user-agent"]).toBe(inPage["userAgent"]);
  expect(`Mozilla/${String(inPage["appVersion"])}`).toBe(inPage["userAgent"]);
  expect(inPage["brands"]).toContain(`Chromium ${major}`);
  expect(sent["sec-ch-ua"]).toContain(`"Chromium";v="${major}"`);
  expect(JSON.stringify([inPage, sent])).not.toMatch(/headless/i);
  expect(inPage).toMatchObject({ mobile: false, hintedPlatform: "Linux" });
  expect(sent["sec-ch-ua-platform"]).toBe('"Linux"');
  expect(sent["sec-ch-ua-mobile"]).toBe("?0");
});

it("says the platform's own user agent to all of them, with hints that fit", async () => {
  const agent =
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/150.0.0.0 Safari/537.36";
  const { inPage, sent } = await look(`browser: { userAgent: "${agent}" }`);
  expect(inPage).toMatchObject({ userAgent: agent, hintedPlatform: "Windows", platform: "Win32", mobile: false });
  expect(sent["user-agent"]).toBe(agent);
  expect(sent["sec-ch-ua-platform"]).toBe('"Windows"');
  expect((inPage["worker"] as string[])[0]).toBe(agent);
  expect(inPage["brands"]).toMatch(/150/);
  expect(sent["sec-ch-ua"]).toContain('v="150"');
});

it("is the same in windows that the page opens, after their first document", async () => {
  const read = readPlatformSettings({
    platform: platformWith("browser: { locale: de-DE }"),
    loginUrl: "https://bank.test/login",
    locale: undefined,
    browserVersion: browser.version(),
  });
  const context = await browser.newContext({ ...read?.context, ignoreHTTPSErrors: true });
  try {
    const page = await context.newPage();
    await alignClientHints(context, page);
    await page.goto(`${url}/opener`);
    const [opened] = await Promise.all([context.waitForEvent("page"), page.evaluate(`void open("${url}/first")`)]);
    const told = (path: string) =>
      ["sec-ch-ua", "sec-ch-ua-platform", "user-agent", "accept-language"].map((name) => headers.get(path)?.[name]);
    await expect
      .poll(async () => (await opened.goto(`${url}/second`), told("/second")), { timeout: 10_000 })
      .toEqual(told("/opener"));
  } finally {
    await context.close();
  }
});

it("refuses a platform with settings that this release does not have", () => {
  for (const setting of ["engine: full", "deviceRatio: 2", "proxy: http://proxy.test:3128"])
    expect(() => platformWith(`browser: { ${setting} }`)).toThrow(/not supported yet; remove it/);
});
