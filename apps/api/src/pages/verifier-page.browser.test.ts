import { once } from "node:events";
import { existsSync } from "node:fs";
import { createServer } from "node:http";
import { createRequire } from "node:module";
import type { AddressInfo } from "node:net";
import { resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { createIssuer, createSigningKey, type SigningKey } from "@attestream/attestation";
import {
  createBbsKey,
  derivePresentation,
  issueCredential,
  type BbsIssuerKey,
} from "@attestream/attestation/zero-knowledge";
import type axe from "axe-core";
import express from "express";
import { chromium, type Browser, type BrowserContextOptions, type Page } from "playwright";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createVerifierPage } from "./verifier-page.routes.ts";

const axeFile = createRequire(import.meta.url).resolve("axe-core/axe.min.js");
const singleFile = resolve(import.meta.dirname, "../../../verifier/dist/verify.html");
const about = {
  audience: "partner-1",
  sessionId: "0b9d5f0e-6a3f-4b7e-9f54-7d3a1c2b4e5f",
  platform: { id: 7, name: "demo-bank" },
  nonce: "nonce-1",
  workflow: { name: "demo-bank", version: "1.2.0", hash: "ab12" },
  result: "complete",
  claims: { accountHolder: "Jane Roe", balance: { amount: "1250.50", currency: "EUR" } },
} as const;

interface Site extends AsyncDisposable {
  origin: string;
  /** Paths that were asked for, in order. */
  asked: string[];
}

let browser: Browser;
let key: SigningKey;
let bbsKey: BbsIssuerKey;
let site: Site;
/** Another installation, whose proofs are looked at here. */
let elsewhere: Site;
let proof: string;
let predicateProof: string;

async function serve(): Promise<Site> {
  const app = express();
  const asked: string[] = [];
  app.use((request, response, next) => {
    asked.push(request.url);
    if (request.path.startsWith("/.well-known/")) response.set("Access-Control-Allow-Origin", "*");
    next();
  });
  app.use(createVerifierPage());
  app.get("/.well-known/jwks.json", (_request, response) => void response.json({ keys: [key.publicJwk] }));
  app.get("/.well-known/bbs-keys.json", (_request, response) => void response.json({ keys: [bbsKey.publicKey] }));
  const server = createServer(app).listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    asked,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((done) => server.close(done));
    },
  };
}

const issueAt = async ({ origin }: Site) =>
  (
    await createIssuer({ issuer: origin, signingKey: key, now: () => new Date(), newId: () => "id" }).issue({
      ...about,
      isolationLevel: "L1",
      browser: { product: "Chromium", version: "156" },
    })
  ).attestation;

beforeAll(async () => {
  const debian = "/usr/lib/chromium/chromium-headless-shell";
  browser = await chromium.launch({
    chromiumSandbox: false,
    ...(existsSync(debian) ? { executablePath: debian } : {}),
  });
  [key, bbsKey] = [await createSigningKey(), await createBbsKey()];
  [site, elsewhere] = [await serve(), await serve()];
  proof = await issueAt(site);
  const credential = await issueCredential(about, { issuer: site.origin, key: bbsKey, now: () => new Date() });
  const predicates = [{ field: "balance.amount", is: ">=", value: 1000 } as const];
  predicateProof = JSON.stringify(await derivePresentation(credential, { predicates, challenge: "question 1" }));
});
afterAll(async () => {
  await browser.close();
  await site[Symbol.asyncDispose]();
  await elsewhere[Symbol.asyncDispose]();
});

const file = (name: string, text: string) => ({ name, mimeType: "application/json", buffer: Buffer.from(text) });
const keyFile = () => file("jwks.json", JSON.stringify({ keys: [key.publicJwk] }));
const bbsKeyFile = () => file("bbs-keys.json", JSON.stringify({ keys: [bbsKey.publicKey] }));

/** A page that must not complain: no error, nothing that its policy had to stop. */
async function open(options: BrowserContextOptions & { url?: string } = {}) {
  const context = await browser.newContext({
    viewport: { width: 1280, height: 900 },
    reducedMotion: "reduce",
    ...options,
  });
  const page = await context.newPage();
  const complaints: string[] = [];
  page.on("pageerror", (error) => complaints.push(error.message));
  page.on("console", (message) => {
    if (message.type() === "error" || message.type() === "warning") complaints.push(message.text());
  });
  await page.goto(options.url ?? `${site.origin}/verify`);
  return {
    page,
    add: (...files: ReturnType<typeof file>[]) => page.locator("#files").setInputFiles(files),
    verdict: (name: string) => page.getByRole("heading", { name, exact: true }),
    complaints,
    async [Symbol.asyncDispose]() {
      await context.close();
    },
  };
}

async function drop(page: Page, name: string, text: string): Promise<void> {
  const [fileName, content] = [JSON.stringify(name), JSON.stringify(text)];
  const data = await page.evaluateHandle(
    `(() => { const data = new DataTransfer(); data.items.add(new File([${content}], ${fileName})); return data; })()`,
  );
  await page.dispatchEvent(".drop", "drop", { dataTransfer: data });
}

describe("a file that is dropped", () => {
  it("and genuine is valid: what it says, on whose word, and what it does not prove", async () => {
    await using desk = await open();
    site.asked.length = 0;
    await drop(desk.page, "proof.json", JSON.stringify({ attestation: proof }));
    await desk.verdict("Cannot be checked").waitFor();
    await drop(desk.page, "jwks.json", JSON.stringify({ keys: [key.publicJwk] }));
    await desk.verdict("Valid").waitFor();
    const text = await desk.page.locator("main").innerText();
    for (const part of ["Jane Roe", "the issuer’s word", "That demo-bank sent this data.", site.origin])
      expect(text).toContain(part);
    expect(await desk.page.getByRole("status").textContent()).toMatch(/^Valid\. /);
    expect(await desk.page.evaluate("document.activeElement?.textContent")).toBe("Valid");
    // Nothing went anywhere.
    expect(site.asked).toEqual([]);
    expect(desk.complaints).toEqual([]);
  });

  it("and altered is not valid; rubbish cannot be checked; another expectation is told", async () => {
    await using desk = await open();
    await desk.add(
      keyFile(),
      file("proof.txt", `${proof.slice(0, 900)}${proof[900] === "A" ? "B" : "A"}${proof.slice(901)}`),
    );
    await desk.verdict("Not valid").waitFor();
    await desk.page.getByRole("button", { name: "Start again" }).click();
    await desk.page.getByRole("heading", { name: "What you will learn" }).waitFor();
    await desk.add(file("holiday.json", '{"a": 1'));
    await desk.verdict("Cannot be checked").waitFor();
    expect(await desk.page.locator(".files").innerText()).toContain("it may have been cut off");
    expect(desk.complaints).toEqual([]);
  });

  it("and proves a range is checked by the library in WebAssembly", async () => {
    await using desk = await open();
    await desk.add(bbsKeyFile(), file("proof.json", predicateProof));
    await desk.verdict("Valid").waitFor();
    const said = await desk.page.locator(".said").innerText();
    expect(said).toContain("at least 1000");
    expect(said).not.toContain("1250");
    await desk.add(file("forged.json", predicateProof.replace('"min":"1000"', '"min":"1200"')));
    await desk.verdict("Not valid").waitFor();
    expect(desk.complaints).toEqual([]);
  });
});

describe("keys from the issuer whom the proof names", () => {
  it("are got at a button's press, after a warning, and nothing of the proof is sent", async () => {
    await using desk = await open();
    await desk.add(file("proof.txt", proof));
    await desk.page.getByText("Read the address letter by letter.").waitFor();
    site.asked.length = 0;
    await desk.page.getByRole("button", { name: `Get the keys from ${new URL(site.origin).host}` }).click();
    await desk.verdict("Valid").waitFor();
    expect(site.asked).toEqual(["/.well-known/jwks.json"]);
    expect(desk.complaints).toEqual([]);
  });

  it("of another server need a page that may connect there, and only there", async () => {
    await using desk = await open();
    await desk.add(file("proof.txt", await issueAt(elsewhere)));
    const loaded = desk.page.waitForResponse((response) => response.url().includes("keys-from="));
    await desk.page.getByRole("button", { name: /^Get the keys/ }).click();
    expect((await loaded).headers()["content-security-policy"]).toContain(
      `connect-src 'self' ${elsewhere.origin}; base-uri`,
    );
    await desk.verdict("Valid").waitFor();
    expect(elsewhere.asked).toEqual(["/.well-known/jwks.json"]);
    expect(await desk.page.evaluate("sessionStorage.length")).toBe(0);
    expect(desk.complaints).toEqual([]);
  });

  it.each([
    "javascript:alert(1)",
    "https://a.example; script-src *",
    "https://a.example/path",
    "http://a.example",
    "*",
  ])("%s opens nothing", async (value) => {
    const response = await fetch(`${site.origin}/verify?keys-from=${encodeURIComponent(value)}`);
    expect(response.headers.get("content-security-policy")).toContain("connect-src 'self'; base-uri");
  });
});

it("everything can be done with the keyboard alone", async () => {
  await using desk = await open();
  const { keyboard } = desk.page;
  const press = async (...keys: string[]) => {
    for (const one of keys) await keyboard.press(one);
  };
  // Asked for in good time: until then the browser would open a dialog of its own.
  const chooser = desk.page.waitForEvent("filechooser");
  await press("Tab", "Tab");
  expect(await desk.page.evaluate("document.activeElement?.id")).toBe("files");
  await press("Enter");
  await (await chooser).setFiles([keyFile(), file("proof.txt", proof)]);
  await desk.verdict("Valid").waitFor();
  // The verdict has the focus; back from it lies the form.
  await press("Shift+Tab", "Enter", "Tab");
  await keyboard.type("https://other.example.com");
  await press("Enter");
  await desk.verdict("Not valid").waitFor();
  await desk.page.getByText("issuer_mismatch").waitFor();
  await press("Tab", "Enter");
  await desk.page.getByRole("heading", { name: "What you will learn" }).waitFor();
  expect(await desk.page.evaluate("document.activeElement?.id")).toBe("files");
});

it("as one file it works without a server", async () => {
  await using desk = await open({ url: pathToFileURL(singleFile).href });
  await desk.add(file("proof.txt", proof));
  await desk.page.getByRole("link", { name: `${site.origin}/.well-known/jwks.json` }).waitFor();
  await desk.add(keyFile());
  await desk.verdict("Valid").waitFor();
  await desk.add(bbsKeyFile(), file("proof.json", predicateProof));
  await desk.page.getByText("at least 1000", { exact: true }).waitFor();
  expect(desk.complaints).toEqual([]);
});

it("no state has a fault that axe finds, in light and dark, and all fit a phone", async () => {
  await using desk = await open({ bypassCSP: true });
  await desk.page.addScriptTag({ path: axeFile });
  await desk.page.locator("summary").click();
  const states: [ReturnType<typeof file>[], string][] = [
    [[], "What you will learn"],
    [[file("a.json", "{")], "Cannot be checked"],
    [[file("proof.txt", proof)], "Cannot be checked"],
    [[keyFile()], "Valid"],
    [[file("altered.txt", proof.replace("~", "~AAAA~"))], "Not valid"],
  ];
  for (const [files, heading] of states) {
    if (files.length > 0) await desk.add(...files);
    await desk.page.getByText(files.at(-1)?.name ?? "What you expect of it").waitFor();
    await desk.verdict(heading).waitFor();
    for (const colorScheme of ["light", "dark"] as const) {
      await desk.page.emulateMedia({ colorScheme });
      expect(await faultsOf(desk.page), `${heading}, ${colorScheme}`).toEqual([]);
    }
    await desk.page.setViewportSize({ width: 390, height: 844 });
    expect(await desk.page.evaluate("document.documentElement.scrollWidth")).toBeLessThanOrEqual(390);
    const zone = await desk.page.locator(".drop").boundingBox();
    expect((zone?.x ?? 0) + (zone?.width ?? 390)).toBeLessThan(390 - 10);
    await desk.page.setViewportSize({ width: 1280, height: 900 });
  }
});

function faultsOf(page: Page): Promise<string[]> {
  return page.evaluate(async () => {
    const { axe: checker } = globalThis as unknown as { axe: typeof axe };
    const { violations } = await checker.run({
      runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
    });
    return violations.flatMap(({ id, nodes }) =>
      nodes.map(({ target, failureSummary }) => `${id} ${target.join(" ")}: ${failureSummary}`),
    );
  });
}
