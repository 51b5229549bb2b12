import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { RunSessionTree } from "./tree-runner.ts";
import { startTestSite, type TestSite } from "../testing/test-site.ts";
import { TestViewer } from "../testing/test-viewer.ts";
import { assignTo, startTestWorker, workerToken, type TestWorker } from "../testing/test-worker.ts";

const host = "login.worker.test";

const loginPage = `<!doctype html><title>Log in</title>
<style>body { margin: 0 } input, button { position: absolute; left: 100px; width: 300px; height: 40px; box-sizing: border-box }</style>
<input id="user" style="top: 100px"><input id="secret" type="password" style="top: 200px"><button style="top: 300px">Log in</button>
<script>
  document.querySelector("button").onclick = () => fetch("/posted", { method: "POST", body: user.value + "/" + secret.value }).then(() => { location.href = "/home" });
</script>`;

/** Opens the login page, lets the user act, ends when the site shows its home page. */
const openAndWait: RunSessionTree = async ({ page, loginUrl, viewer, report, signal }) => {
  report({ type: "tree.started" });
  await page().goto(loginUrl);
  viewer.setControl(true);
  await page().waitForURL("**/home", { timeout: 60_000 });
  signal.throwIfAborted();
  const name = await page().locator("h1").textContent();
  return { kind: "extracted", extractedData: { name }, failedParts: [], workflow: { name: "test", version: "1.0.0", hash: "0" } };
};

describe("a session in a worker", () => {
  let site: TestSite;
  let test: TestWorker;

  beforeAll(async () => {
    site = await startTestSite(host, { "/login": loginPage, "/home": "<h1>Ada Example</h1>" });
    test = await startTestWorker({ runTree: openAndWait, ca: site.ca, env: { EGRESS_DEV_HOSTS: `${host}=127.0.0.1:${site.port}` } });
  });
  afterAll(async () => {
    await test[Symbol.asyncDispose]();
    await site.close();
  });

  it("streams a page, takes typing and clicks, and reports what the tree read", async () => {
    const sessionId = randomUUID();
    test.api.send(assignTo(sessionId, host));
    await test.api.waitForReport(sessionId, "browser.started");
    const viewer = await TestViewer.connect({ port: test.worker.port, workerToken, sessionId, epoch: 1, viewerId: "v1" });
    await test.api.waitForReport(sessionId, "viewer.connected");
    await viewer.until(({ packets }) => packets.length > 0);
    expect(viewer.messages[0]).toMatchObject({ type: "hello", width: 1280, height: 720 });
    expect(viewer.packets[0]).toMatchObject({ flags: 5, width: 1280, height: 720 });

    test.api.send({ type: "tree.start", sessionId, epoch: 1 });
    await viewer.until(({ messages }) => messages.some((message) => message.type === "control" && message.enabled));
    await viewer.until(({ messages }) => messages.some((message) => message.type === "location" && message.host === host && message.secure));
    viewer.click(150, 120);
    await viewer.until(({ messages }) => messages.some((message) => message.type === "focus" && message.field?.secret === false && message.field.y === 100));
    viewer.typeText("adA1");
    viewer.press("Backspace", "Backspace");
    viewer.press("Tab", "Tab");
    await viewer.until(({ messages }) => messages.some((message) => message.type === "focus" && message.field?.secret === true));
    viewer.send({ type: "text", text: "pa$$ 🔑" });
    const before = viewer.packets.length;
    viewer.click(150, 320);

    const extracted = await test.api.waitForReport(sessionId, "data.extracted");
    expect(extracted).toMatchObject({ report: { result: { extractedData: { name: "Ada Example" }, isolationLevel: "L1" } } });
    expect(site.posts).toEqual([{ path: "/posted", body: "adA/pa$$ 🔑" }]);
    await viewer.until(({ packets }) => packets.length > before);

    test.api.send({ type: "release", sessionId, epoch: 1, reason: "finished" });
    await test.api.waitFor((message) => message.type === "released" && message.sessionId === sessionId);
    await viewer.until(({ closeCode }) => closeCode === 4000);
    expect(test.api.reportsOf(sessionId).map(({ type }) => type)).toEqual(["browser.started", "viewer.connected", "tree.started", "data.extracted"]);
  });
});
