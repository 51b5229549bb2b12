import { browserStarted, type FakeWorker } from "@attestream/testkit";
import type { EndUser } from "../check.ts";
import type { Installation } from "./start-installation.ts";

type Opened = { sessionId: string; embedUrl: string };

/** Opens the frame as the page does, and has the worker report what a browser would. */
export function createEndUser({ url, key }: Installation, worker: FakeWorker): EndUser {
  async function frame(sessionId: string, action: string, body: unknown, secret?: string) {
    const response = await fetch(`${url}/verify/${sessionId}/${action}`, {
      method: "POST",
      headers: {
        "content-type": "application/json",
        origin: url,
        ...(secret === undefined ? {} : { authorization: `Bearer ${secret}` }),
      },
      body: JSON.stringify(body),
    });
    if (!response.ok) throw new Error(`The frame's ${action} was refused: ${await response.text()}`);
    return (await response.json()) as { data: { resumeSecret: string } };
  }

  async function open({ sessionId, embedUrl }: Opened): Promise<string> {
    const token = new URL(embedUrl).searchParams.get("token");
    return (await frame(sessionId, "exchange", { token })).data.resumeSecret;
  }

  async function connect(session: Opened) {
    await open(session);
    const assignment = await worker.nextOf("assign", session.sessionId);
    worker.report(session.sessionId, browserStarted);
    worker.report(session.sessionId, { type: "viewer.connected" });
    await worker.nextOf("tree.start", session.sessionId);
    worker.report(session.sessionId, { type: "tree.loaded", version: "1.0.0", hash: assignment.platformHash });
    worker.report(session.sessionId, { type: "tree.started" });
    return assignment;
  }

  async function until(sessionId: string, isReached: (status: string) => boolean): Promise<void> {
    for (;;) {
      const response = await fetch(`${url}/partner/browser-session/${sessionId}`, { headers: { "x-api-key": key } });
      const { data } = (await response.json()) as { data: { status: string } };
      if (isReached(data.status)) return;
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }

  return {
    async end(session, as) {
      const { sessionId } = session;
      if (as === "CANCELLED") {
        await frame(sessionId, "cancel", {}, await open(session));
      } else {
        const { platformHash } = await connect(session);
        if (as === "ERROR") worker.report(sessionId, { type: "session.failed", code: "ACCOUNT_LOCKED" });
        else {
          worker.report(sessionId, { type: "collection.started" });
          worker.report(sessionId, {
            type: "data.extracted",
            result: {
              extractedData: { accountHolder: "Sample Holder", accountType: "checking" },
              failedParts: as === "PARTIAL_COMPLETE" ? [{ part: "statements", code: "EXTRACTION_FAILED" }] : [],
              workflow: { name: "sample", version: "1.0.0", hash: platformHash },
              browser: { product: "FakeBrowser", version: "1" },
              isolationLevel: "L0",
            },
          });
        }
      }
      await until(sessionId, (status) =>
        ["COMPLETED", "PARTIAL_COMPLETE", "ERROR", "CANCELLED", "TERMINATED"].includes(status),
      );
    },
    async start(session) {
      await connect(session);
      const expiresAt = new Date(Date.now() + 60_000).toISOString();
      worker.report(session.sessionId, {
        type: "challenge.raised",
        challenge: { id: "login", kind: "login", expiresAt },
      });
      await until(session.sessionId, (status) => status === "AWAITING_USER");
    },
  };
}
