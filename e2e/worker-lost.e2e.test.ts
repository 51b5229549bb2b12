import { expect, it } from "vitest";
import { receivedWebhook } from "./support/partner-record.ts";
import { descendants, isAlive } from "./support/processes.ts";
import { patience, startTestSystem } from "./support/start-test-system.ts";

it("a worker killed in the middle ends the session in ERROR/WORKER_LOST with its webhook, and leaves no browser", async () => {
  await using test = await startTestSystem();
  const user = await test.openEndUser();
  const sessionId = await user.startVerification(test.system.partnerUrl);
  await user.agree();
  await user.waitForChallenge("login");

  const worker = test.system.parts.worker;
  const browsers = descendants(Number(worker.pid));
  expect(browsers.length).toBeGreaterThan(0);
  worker.kill("SIGKILL");
  await user.waitForStatus("ERROR", patience());

  expect(await test.client.getSession(sessionId)).toMatchObject({ status: "ERROR", errorCode: "WORKER_LOST" });
  const webhook = await receivedWebhook(test.system.partnerUrl, sessionId, patience());
  expect(webhook.payload).toMatchObject({ status: "ERROR", errorCode: "WORKER_LOST" });
  // The lease alone takes seconds, so the browsers have had their time.
  expect(browsers.filter(isAlive)).toEqual([]);

  await test.system.startWorker();
  const second = await test.openEndUser();
  await second.startVerification(test.system.partnerUrl);
  await second.agree();
  await second.waitForChallenge("login");
});
