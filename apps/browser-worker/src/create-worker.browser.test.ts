import { randomUUID } from "node:crypto";
import { readFile } from "node:fs/promises";
import { startDemoPlatform, type DemoPlatform } from "@attestream/testkit";
import { jsonSchema } from "@attestream/shared";
import { parsePlatform } from "@attestream/workflow/schema";
import { afterAll, beforeAll, expect, it } from "vitest";
import { TestViewer } from "./testing/test-viewer.ts";
import { startTestWorker, workerToken, type TestWorker } from "./testing/test-worker.ts";
import { runSessionTree } from "./tree/run-session-tree.ts";

let bank: DemoPlatform;
let test: TestWorker;

beforeAll(async () => {
  bank = await startDemoPlatform();
  test = await startTestWorker({
    runTree: runSessionTree,
    ca: await readFile(bank.caFile, "utf8"),
    env: { EGRESS_DEV_HOSTS: `bank.demo.test=127.0.0.1:${bank.port}` },
  });
});
afterAll(async () => {
  await test?.[Symbol.asyncDispose]();
  await bank?.[Symbol.asyncDispose]();
});

it("a user logs in at Demo Bank through the stream, and the account is reported", async () => {
  const parsed = parsePlatform(
    await readFile(new URL("../../../platforms/demo-bank/platform.yaml", import.meta.url), "utf8"),
    "platform.yaml",
  );
  if (!parsed.ok) throw new Error("the demo platform file is not valid");
  const sessionId = randomUUID();
  const { definition, hash } = parsed;
  test.api.send({
    type: "assign",
    sessionId,
    epoch: 1,
    platform: jsonSchema.parse(definition),
    platformHash: hash,
    loginUrl: definition.loginUrl,
    disclosure: "full",
  });
  await test.api.waitForReport(sessionId, "browser.started");
  const viewer = await TestViewer.connect({
    api: test.api,
    port: test.worker.port,
    workerToken,
    sessionId,
    epoch: 1,
    viewerId: "v1",
  });
  test.api.send({ type: "tree.start", sessionId, epoch: 1 });

  const asked = (kind: string, inputMode: string) =>
    viewer.until(({ messages }) => {
      const challenge = messages.findLast((message) => message.type === "challenge");
      const control = messages.findLast((message) => message.type === "control");
      const focus = messages.findLast((message) => message.type === "focus");
      return challenge?.challenge?.kind === kind && control?.enabled === true && focus?.field?.inputMode === inputMode;
    });
  await asked("login", "text");
  viewer.send({ type: "text", text: "user_good" });
  viewer.press("Tab", "Tab");
  await viewer.until(
    ({ messages }) => messages.findLast((message) => message.type === "focus")?.field?.secret === true,
  );
  viewer.send({ type: "text", text: "pass_good" });
  viewer.press("Enter", "Enter");
  await asked("otp", "numeric");
  viewer.typeText("123456");
  viewer.press("Enter", "Enter");

  const extracted = await test.api.waitForReport(sessionId, "data.extracted");
  expect(extracted).toMatchObject({
    report: { result: { extractedData: { accountHolder: "Jane Doe", lastFourDigits: "1234" }, failedParts: [] } },
  });
  expect(
    viewer.messages.flatMap((message) =>
      message.type === "challenge" && message.challenge ? [message.challenge.kind] : [],
    ),
  ).toEqual(["login", "otp"]);
  expect(JSON.stringify(test.api.received)).not.toMatch(/pass_good|123456/);
  expect(viewer.packets.length).toBeGreaterThan(3);
});
