import { once } from "node:events";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import type { Browser, FrameLocator, Page } from "playwright";
import { frameMessageSchema, type FrameMessage } from "@attestream/shared/embed-messages";
import { FrameServer } from "../../test-support/frame-server.ts";
import { launchViewer } from "../../test-support/launch-viewer.ts";

let browser: Browser;
let partner: Server;
let page: Page;
let server: FrameServer;
let frame: FrameLocator;

beforeAll(async () => {
  browser = await launchViewer();
  // Another site than the frame's: `localhost` and 127.0.0.1 are strangers to each other.
  partner = createServer((_request, response) => {
    response.setHeader("content-type", "text/html");
    response.end(
      "<!doctype html><title>Partner</title><script>messages = []; addEventListener('message', (event) => messages.push({ origin: event.origin, data: event.data }))</script>",
    );
  });
  partner.listen(0, "127.0.0.1");
  await once(partner, "listening");
});
afterAll(async () => {
  await browser.close();
  partner.closeAllConnections();
  partner.close();
});
afterEach(async () => {
  await page.context().close();
  await server.close();
});

async function embed(): Promise<void> {
  server = await FrameServer.start({ view: { status: "CONNECTED", streamable: true, progress: 10 } });
  page = await (await browser.newContext()).newPage();
  await page.goto(`http://localhost:${(partner.address() as AddressInfo).port}/`);
  await page.evaluate((url) => {
    const element = document.createElement("iframe");
    element.src = url;
    element.width = "800";
    element.height = "600";
    document.body.append(element);
  }, server.embedUrl());
  frame = page.frameLocator("iframe");
  await frame.locator("[data-screen=waiting-stream]").waitFor();
}

async function say(type: string, payload: object = {}, target = server.origin): Promise<void> {
  await page.evaluate(
    ([message, origin]) => document.querySelector("iframe")!.contentWindow!.postMessage(message, origin),
    [{ ns: "attestream", v: 1, id: "p1", sessionId: server.sessionId, ts: 1, type, payload }, target] as const,
  );
}

/** All that the partner's page has got, each by the one schema and from the frame's own origin. */
async function heard(): Promise<FrameMessage[]> {
  const messages = await page.evaluate(
    () => (window as unknown as { messages: { origin: string; data: unknown }[] }).messages,
  );
  expect(messages.every(({ origin }) => origin === server.origin)).toBe(true);
  return messages.map(({ data }) => frameMessageSchema.parse(data));
}

async function heardOf(type: FrameMessage["type"]): Promise<FrameMessage> {
  await page.waitForFunction(
    (wanted) =>
      (window as unknown as { messages: { data: { type: string } }[] }).messages.some(
        ({ data }) => data.type === wanted,
      ),
    type,
  );
  return (await heard()).find((message) => message.type === type)!;
}

describe("the frame in a partner's page", () => {
  it("says nothing before init, then ready and all that was held back, in order", async () => {
    await embed();
    await server.until(() => server.streaming);
    expect(await heard()).toEqual([]);
    await say("init", {});
    await heardOf("opened");
    const [first] = await heard();
    expect(first?.type).toBe("ready");
    await say("init", {});
    await page.waitForFunction(
      () =>
        (window as unknown as { messages: { data: { type: string } }[] }).messages.filter(
          ({ data }) => data.type === "ready",
        ).length === 2,
    );
  });

  it("takes theme from init, tells each status, and is closed by the user at the end", async () => {
    await embed();
    await say("init", { theme: "dark" });
    await heardOf("ready");
    expect(await frame.locator("html").getAttribute("data-theme")).toBe("dark");
    server.show({ status: "COLLECTING_DATA", progress: 60 });
    await heardOf("login.succeeded");
    server.show({ status: "COMPLETED", progress: 100, streamable: false });
    expect(await heardOf("finished")).toMatchObject({ payload: { status: "COMPLETED" } });
    expect(await heardOf("resize")).toMatchObject({ payload: { height: expect.any(Number) } });
    await frame.getByRole("button", { name: "Close" }).click();
    expect(await heardOf("closed")).toMatchObject({ payload: { reason: "finished", lastStatus: "COMPLETED" } });
    await frame.locator("[data-screen=closed]").waitFor();
  });

  it("stops when the partner closes it", async () => {
    await embed();
    await server.until(() => server.streaming);
    await say("init", {});
    await say("close");
    expect(await heardOf("closed")).toMatchObject({ payload: { reason: "partner", lastStatus: "CONNECTED" } });
    await server.until(() => !server.streaming);
    expect(server.requests).not.toContain("POST cancel");
  });

  it("does not listen to messages of another session, or to those that are not ours", async () => {
    await embed();
    await page.evaluate((origin) => {
      const { contentWindow } = document.querySelector("iframe")!;
      contentWindow!.postMessage(
        {
          ns: "attestream",
          v: 1,
          id: "x",
          sessionId: "00000000-0000-4000-8000-000000000000",
          ts: 1,
          type: "init",
          payload: {},
        },
        origin,
      );
      contentWindow!.postMessage("init", origin);
      contentWindow!.postMessage({ ns: "attestream", v: 2, type: "init" }, origin);
    }, server.origin);
    await say("close");
    await say("init", {});
    await heardOf("ready");
    expect((await heard()).filter(({ type }) => type === "ready")).toHaveLength(1);
    await frame.locator("[data-screen=waiting-stream]").waitFor();
  });
});
