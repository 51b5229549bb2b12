import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import type { Browser } from "playwright";
import { z } from "zod";
import { verifyAttestation, type VerifyResult } from "@attestream/attestation/verify";
import { createClient, type Client } from "@attestream/sdk";
import { EndUser } from "./end-user.ts";
import type { System } from "./system.ts";
import type { Timeline } from "./timeline.ts";

export interface DemoOutcome {
  session: Awaited<ReturnType<Client["getSession"]>>;
  attestation: VerifyResult;
  /** As the partner has it: received, and its signature verified. */
  webhook: { ok: boolean };
  picture: string;
}

/** The part of the demo partner's own API that is read here. */
const partnerRecordSchema = z.looseObject({ webhook: z.looseObject({ ok: z.boolean() }).nullish() });

export interface DemoOptions {
  system: System;
  browser: Browser;
  timeline: Timeline;
  pictureFolder: string;
  signal: AbortSignal;
}

/** Drives one verification the way an end user and a partner would, through public doors only. */
export async function runDemoVerification({
  system,
  browser,
  timeline,
  pictureFolder,
  signal,
}: DemoOptions): Promise<DemoOutcome> {
  const user = await EndUser.open({
    browser,
    viewport: { width: 1180, height: 900 },
    onStatus: (status) => timeline.mark(status.toLowerCase(), status),
  });
  const sessionId = await user.startVerification(system.partnerUrl);
  timeline.mark("created", `session ${sessionId}`);
  await user.agree();
  timeline.note("the user agrees");
  await user.waitForChallenge("login");
  timeline.mark("login_page", "the user sees the bank's login page, and types");
  const picture = join(pictureFolder, "iframe.png");
  await writeFile(picture, await user.page.locator("iframe").screenshot());
  await user.logIn("user_good", "pass_good");
  await user.waitForChallenge("otp");
  timeline.mark("code_page", "the user sees the page for the code, and types it");
  await user.enterCode("123456");
  await user.waitForStatus("COMPLETED", signal);

  const client = createClient({ baseUrl: system.apiUrl, apiKey: system.demoApiKey });
  const session = await client.getSession(sessionId);
  const proof = await client.attestation(sessionId);
  const jwks: unknown = await (await fetch(proof.jwksUrl, { signal })).json();
  const attestation = await verifyAttestation(proof.attestation, { jwks, issuer: proof.issuer, now: new Date() });
  timeline.mark(
    "attested",
    attestation.ok ? "the attestation verifies offline" : `the attestation was refused: ${attestation.reason}`,
  );
  const webhook = await waitForWebhook(system.partnerUrl, sessionId, signal);
  timeline.mark("webhook", "the partner has the webhook, its signature verifies");
  await user.close();
  return { session, attestation, webhook, picture };
}

/** The partner's page has no event for this that a script outside could await, so its record is read until the webhook is in it. */
async function waitForWebhook(partnerUrl: string, sessionId: string, signal: AbortSignal): Promise<{ ok: boolean }> {
  for (;;) {
    const response = await fetch(`${partnerUrl}/api/verifications/${sessionId}`, { signal });
    const { webhook } = partnerRecordSchema.parse(await response.json());
    if (webhook) return { ok: webhook.ok };
    await delay(100, undefined, { signal });
  }
}
