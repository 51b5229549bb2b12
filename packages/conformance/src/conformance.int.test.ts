import { startFakeWorker, type FakeWorker } from "@attestream/testkit";
import { afterAll, beforeAll, describe, it } from "vitest";
import { allChecks } from "./all-checks.ts";
import type { CheckContext } from "./check.ts";
import { createClient } from "./client.ts";
import { createEndUser } from "./test-support/end-user.ts";
import { startInbox } from "./test-support/inbox.ts";
import { startInstallation, type Installation } from "./test-support/start-installation.ts";

const undo = new AsyncDisposableStack();
const stop = new AbortController();
afterAll(async () => {
  stop.abort();
  await undo.disposeAsync();
});

const contextOf = ({ url, key, otherKey }: Installation, more: Partial<CheckContext> = {}): CheckContext => ({
  call: createClient({ baseUrl: url, key, signal: stop.signal }),
  key,
  otherKey,
  // Rotated, it lives on for the other checks.
  spareKey: otherKey,
  endUser: undefined,
  inbox: undefined,
  platformId: 1,
  ...more,
});

describe("the contract", () => {
  let context: CheckContext;
  beforeAll(async () => {
    const inbox = undo.use(await startInbox());
    const installation = undo.use(
      await startInstallation(
        {
          WEBHOOK_DEV_HOSTS: inbox.host,
          // The limits have tests of their own, below.
          RATE_LIMIT_REQUESTS: "100000",
          RATE_LIMIT_CREATES: "100000",
        },
        { closedPlatform: true },
      ),
    );
    const worker: FakeWorker = await startFakeWorker({
      apiUrl: installation.url,
      workerToken: installation.workerToken,
      capacity: 100,
      // Nothing is begun before the end user comes.
      warm: () => 0,
    });
    undo.defer(() => worker.stop());
    context = contextOf(installation, { inbox, endUser: createEndUser(installation, worker) });
  });

  const checks = allChecks.filter(({ exhausting }) => exhausting !== true);
  it.each(checks.map((check) => [check.section, check.rule, check] as const))("%s: %s", (_section, _rule, check) =>
    check.run(context),
  );
});

describe("the limits", () => {
  let context: CheckContext;
  beforeAll(async () => {
    context = contextOf(undo.use(await startInstallation()));
  });

  const checks = allChecks.filter(({ exhausting }) => exhausting === true);
  it.each(checks.map((check) => [check.section, check.rule, check] as const))("%s: %s", (_section, _rule, check) =>
    check.run(context),
  );
});
