import { afterAll, beforeAll, expect, it } from "vitest";
import { verifyAttestation } from "@attestream/attestation/verify";
import { receivedWebhook } from "./support/partner-record.ts";
import { pointAt } from "./support/point-at.ts";
import { patience, startTestSystem, type TestSystem } from "./support/start-test-system.ts";

let test: TestSystem;
beforeAll(async () => {
  test = await startTestSystem();
});
afterAll(() => test[Symbol.asyncDispose]());

it("a user who clicks and types into the picture is verified, attested and told to the partner", async () => {
  const statuses: string[] = [];
  const user = await test.openEndUser({ onStatus: (status) => status === statuses.at(-1) || statuses.push(status) });
  const sessionId = await user.startVerification(test.system.partnerUrl);
  await user.agree();

  await user.waitForChallenge("login");
  await user.picture.click({ position: await pointAt(test, user, "/login", (page) => page.getByLabel("Username")) });
  await user.type("user_good");
  await user.picture.click({
    position: await pointAt(test, user, "/login", (page) => page.getByLabel("Password", { exact: true })),
  });
  await user.type("pass_good");
  await user.picture.click({
    position: await pointAt(test, user, "/login", (page) => page.getByRole("button", { name: "Log in" })),
  });
  await user.enterCode("123456");
  await user.waitForStatus("COMPLETED", patience());

  const session = await test.client.getSession(sessionId);
  expect(session).toMatchObject({
    status: "COMPLETED",
    progress: 100,
    hasAttestation: true,
    streamUrl: null,
    errorCode: null,
    extractedData: { accountHolder: "Jane Doe", accountType: "checking", lastFourDigits: "1234" },
  });
  expect(statuses.slice(-6)).toEqual([
    "RUNNING",
    "AWAITING_USER",
    "RUNNING",
    "COLLECTING_DATA",
    "VERIFYING",
    "COMPLETED",
  ]);

  const webhook = await receivedWebhook(test.system.partnerUrl, sessionId, patience());
  expect(webhook.ok).toBe(true);
  expect(webhook.payload).toMatchObject({ sessionId, status: "COMPLETED", extractedData: session.extractedData });

  const proof = await test.client.attestation(sessionId);
  const jwks: unknown = await (await fetch(proof.jwksUrl)).json();
  const checked = await verifyAttestation(proof.attestation, { jwks, issuer: proof.issuer, now: new Date() });
  expect(checked).toMatchObject({ ok: true, disclosed: { lastFourDigits: "1234" } });
  expect(webhook.payload.proofHash).toBe(proof.proofHash);
});

it("the frame lives with partitioned third-party storage and blocked third-party cookies", async () => {
  const user = await test.openEndUser();
  await user.startVerification(test.system.partnerUrl);
  await user.frame.getByRole("button", { name: /^agree/i }).waitFor();
  const address = await user.page.locator("iframe").getAttribute("src");
  const origin = new URL(String(address)).origin;
  await user.frame.locator("body").evaluate(() => sessionStorage.setItem("probe", "in the frame"));
  await user.frame.locator("body").evaluate(() => localStorage.setItem("probe", "in the frame"));
  const direct = await user.page.context().newPage();
  await direct.goto(origin);
  expect(await direct.evaluate(() => localStorage.getItem("probe"))).toBeNull();
  await user.close();
});
