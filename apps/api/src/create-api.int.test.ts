import { once } from "node:events";
import { createServer, type IncomingHttpHeaders } from "node:http";
import type { AddressInfo } from "node:net";
import { Webhook } from "standardwebhooks";
import { expect, it } from "vitest";
import { startTestApi } from "./test-support/start-test-api.ts";
import { startWorkerOf } from "./test-support/worker-of.ts";

it("leads from the partner's request through the frame and a worker to a signed webhook", async () => {
  const { promise: delivered, resolve } = Promise.withResolvers<{ headers: IncomingHttpHeaders; body: string }>();
  const receiver = createServer((request, response) => {
    let body = "";
    request.setEncoding("utf8").on("data", (text: string) => (body += text));
    request.on("end", () => {
      response.writeHead(204).end();
      resolve({ headers: request.headers, body });
    });
  }).listen(0, "127.0.0.1");
  await once(receiver, "listening");
  const { port } = receiver.address() as AddressInfo;
  try {
    await using test = await startTestApi({ WEBHOOK_DEV_HOSTS: `127.0.0.1:${port}` });
    const worker = await startWorkerOf(test, { warm: () => 0, capacity: 1, auto: { viewer: true } });
    const created = await test.call("POST", "/partner/browser-session", {
      body: { platformId: 1, webhookUrl: `http://127.0.0.1:${port}/hook`, externalReferenceId: "order-7" },
    });
    const id = String(created.body.data?.["sessionId"]);
    const token = new URL(String(created.body.data?.["embedUrl"])).searchParams.get("token");
    const asFrame = { key: null, headers: { origin: test.api.url } };

    // Nothing warm is spare: the session waits until its frame is opened.
    expect((await test.api.sessions.get(id))?.status).toBe("CREATED");
    const opened = await test.call("POST", `/verify/${id}/exchange`, { ...asFrame, body: { token } });
    expect(opened.status).toBe(200);
    const { view, resumeSecret } = opened.body.data as unknown as { view: object; resumeSecret: string };
    expect(view).toMatchObject({ platform: { name: "real-bank" }, consent: { required: true, given: false } });
    expect((await test.call("POST", `/verify/${id}/exchange`, { ...asFrame, body: { token } })).status).toBe(410);

    await test.reached(id, "CONNECTED");
    const asViewer = { key: null, headers: { ...asFrame.headers, authorization: `Bearer ${resumeSecret}` } };
    expect((await test.call("POST", `/verify/${id}/consent`, { ...asViewer, body: { accepted: true } })).status).toBe(
      200,
    );
    await test.reached(id, "COMPLETED");

    const { headers, body } = await delivered;
    const secret = test.api.firstKeys.firstWebhookSecret ?? "";
    expect(new Webhook(secret).verify(body, headers as Record<string, string>)).toMatchObject({
      sessionId: id,
      status: "COMPLETED",
      externalReferenceId: "order-7",
      extractedData: { lastFourDigits: "1234" },
      proofHash: expect.stringMatching(/^[0-9a-f]{64}$/),
    });
    await worker.stop();
  } finally {
    receiver.close();
  }
});
