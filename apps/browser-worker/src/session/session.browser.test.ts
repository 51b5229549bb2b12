import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { readdir } from "node:fs/promises";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { listTree } from "../sandbox/process-tree.ts";
import { findProcesses } from "../testing/processes.ts";
import { startTestSite, type TestSite } from "../testing/test-site.ts";
import { TestViewer } from "../testing/test-viewer.ts";
import { assignTo, startTestWorker, workerToken, type TestWorker } from "../testing/test-worker.ts";
import type { RunSessionTree } from "./tree-runner.ts";

const host = "login.worker.test";
const layout =
  "body { margin: 0 } input, button { position: absolute; left: 100px; width: 300px; height: 40px; box-sizing: border-box }";

const loginPage = `<!doctype html><title>Log in</title><style>${layout}</style>
<input id="user" style="top: 100px"><input id="secret" type="password" style="top: 200px"><button id="go" style="top: 300px">Log in</button>
<button id="window" style="top: 400px">Window</button><button id="ask" style="top: 500px">Ask</button>
<script>
  const post = (body, path = "/posted") => fetch(path, { method: "POST", body });
  post(navigator.userAgent, "/agent");
  addEventListener("wheel", (event) => post(String(event.deltaY), "/wheel"), { passive: true });
  go.onclick = () => post(user.value + "/" + secret.value).then(() => { location.href = "/home" });
  document.querySelector("#window").onclick = () => open("/window", "_blank", "width=400,height=300");
  ask.onclick = () => post("answered " + confirm("Really?"));
</script>`;
const windowPage = `<!doctype html><title>Window</title><style>${layout}</style><button style="top: 100px" onclick="window.close()">Close</button><input autofocus style="top: 200px">`;

/** Opens the login page, lets the user act, ends when the site shows its home page. */
const openAndWait: RunSessionTree = async ({ page, loginUrl, viewer, agreed, report, signal }) => {
  await Promise.race([agreed, once(signal, "abort")]);
  signal.throwIfAborted();
  report({ type: "tree.started" });
  const first = page();
  await first.goto(loginUrl);
  viewer.setControl(true);
  await Promise.race([first.waitForURL("**/home", { timeout: 60_000 }), once(signal, "abort")]);
  signal.throwIfAborted();
  return {
    kind: "extracted",
    extractedData: { name: await first.locator("h1").textContent() },
    failedParts: [],
    workflow: { name: "test", version: "1.0.0", hash: "0" },
  };
};

describe("a session in a worker", () => {
  let site: TestSite;
  let test: TestWorker;

  beforeAll(async () => {
    site = await startTestSite(host, { "/login": loginPage, "/window": windowPage, "/home": "<h1>Ada Example</h1>" });
    test = await startTestWorker({
      runTree: openAndWait,
      ca: site.ca,
      env: { EGRESS_DEV_HOSTS: `${host}=127.0.0.1:${site.port}` },
    });
  });
  afterAll(async () => {
    await test[Symbol.asyncDispose]();
    await site.close();
  });

  // A test that fails must not take its browsers from the next.
  const begun = new Set<string>();
  afterEach(() => Promise.all([...begun].map(release)));

  async function begin(): Promise<{ sessionId: string; viewer: TestViewer }> {
    const sessionId = randomUUID();
    begun.add(sessionId);
    test.api.send(assignTo(sessionId, host));
    await test.api.waitForReport(sessionId, "browser.started");
    return { sessionId, viewer: await connect(sessionId) };
  }

  const connect = (sessionId: string, viewerId = "v1", turn = 1) =>
    TestViewer.connect({ api: test.api, port: test.worker.port, workerToken, sessionId, epoch: 1, viewerId, turn });

  async function startTree(sessionId: string, viewer: TestViewer): Promise<void> {
    test.api.send({ type: "tree.start", sessionId, epoch: 1 });
    await viewer.until(({ messages }) => messages.some((message) => message.type === "control" && message.enabled));
  }

  const loaded = (viewer: TestViewer) =>
    viewer.until(({ messages }) =>
      messages.some((message) => message.type === "location" && message.host === host && !message.loading),
    );

  async function answerDialog(viewer: TestViewer, accepted: boolean): Promise<void> {
    const asked = () => {
      const last = viewer.messages.findLast((message) => message.type === "dialog");
      return last?.type === "dialog" ? last.dialog : null;
    };
    await viewer.until(() => asked() !== null);
    viewer.send({ type: "dialogReply", id: asked()?.id ?? "", accepted });
    await viewer.until(() => asked() === null);
  }

  async function release(sessionId: string): Promise<void> {
    begun.delete(sessionId);
    test.api.send({ type: "release", sessionId, epoch: 1, reason: "finished" });
    await test.api.waitFor((message) => message.type === "released" && message.sessionId === sessionId);
  }

  it("streams a page, takes typing and clicks, and reports what the tree read", async () => {
    const { sessionId, viewer } = await begin();
    await test.api.waitForReport(sessionId, "viewer.connected");
    await viewer.until(({ packets }) => packets.length > 0);
    expect(viewer.messages[0]).toMatchObject({ type: "hello", width: 1280, height: 720 });
    expect(viewer.packets[0]).toMatchObject({ flags: 5, width: 1280, height: 720 });

    await startTree(sessionId, viewer);
    await viewer.until(({ messages }) =>
      messages.some((message) => message.type === "location" && message.host === host && message.secure),
    );
    viewer.click(150, 120);
    await viewer.until(({ messages }) =>
      messages.some(
        (message) => message.type === "focus" && message.field?.secret === false && message.field.y === 100,
      ),
    );
    viewer.typeText("adA1");
    viewer.press("Backspace", "Backspace");
    viewer.press("Tab", "Tab");
    await viewer.until(({ messages }) =>
      messages.some((message) => message.type === "focus" && message.field?.secret === true),
    );
    viewer.typeText("old");
    viewer.press("a", "KeyA", 2);
    viewer.send({ type: "text", text: "pa$$ 🔑" });
    const drawn = viewer.packets.length;
    viewer.click(150, 320);

    const extracted = await test.api.waitForReport(sessionId, "data.extracted");
    expect(extracted).toMatchObject({
      report: { result: { extractedData: { name: "Ada Example" }, isolationLevel: "L2" } },
    });
    expect(site.posts).toContainEqual({ path: "/posted", body: "adA/pa$$ 🔑" });
    await viewer.until(({ packets }) => packets.length > drawn);

    await release(sessionId);
    await viewer.until(({ closeCode }) => closeCode === 4000);
    expect(test.api.reportsOf(sessionId).map(({ type }) => type)).toEqual([
      "browser.started",
      "viewer.connected",
      "tree.started",
      "data.extracted",
    ]);
  });

  it("sends no more than two packets that are not acknowledged", async () => {
    const { sessionId, viewer } = await begin();
    await startTree(sessionId, viewer);
    await loaded(viewer);
    viewer.acknowledging = false;
    const before = viewer.packets.length;
    viewer.click(150, 120);
    viewer.typeText("abcdefghij");
    viewer.click(150, 520);
    await answerDialog(viewer, false);
    await test.api.waitFor(() => site.posts.some(({ body }) => body === "answered false"));
    expect(viewer.packets.length - before).toBeLessThanOrEqual(2);
    const last = viewer.packets.at(-1);
    const stalledAt = viewer.packets.length;
    viewer.acknowledging = true;
    viewer.send({ type: "ack", seq: last?.seq ?? 1 });
    viewer.click(150, 120);
    await viewer.until(({ packets }) => packets.length > stalledAt);
    await release(sessionId);
  });

  it("keeps input away from the page while the user has no control", async () => {
    const { sessionId, viewer } = await begin();
    await viewer.until(({ packets }) => packets.length > 0);
    viewer.click(150, 320);
    viewer.send({ type: "text", text: "nobody reads this" });
    await startTree(sessionId, viewer);
    viewer.click(150, 120);
    await viewer.until(({ messages }) =>
      messages.some((message) => message.type === "focus" && message.field !== null),
    );
    viewer.typeText("x");
    viewer.click(150, 320);
    await test.api.waitForReport(sessionId, "data.extracted");
    expect(site.posts.filter(({ path }) => path === "/posted").at(-1)).toEqual({ path: "/posted", body: "x/" });
    await release(sessionId);
  });

  it("shows a window that the page opens, and goes back when it closes", async () => {
    const { sessionId, viewer } = await begin();
    await startTree(sessionId, viewer);
    const focusedAt = (y: number) =>
      viewer.until(({ messages }) => messages.some((message) => message.type === "focus" && message.field?.y === y));
    await loaded(viewer);
    await viewer.until(({ packets }) => packets.length > 0);
    viewer.click(150, 420);
    await viewer.until(({ messages }) =>
      messages.some((message) => message.type === "popup" && message.popup !== null),
    );
    await focusedAt(200);
    viewer.click(150, 120);
    // The window was told of when it was on top; that there is none is told once the page below shows again.
    await viewer.until(({ messages }) => {
      const last = messages.findLast((message) => message.type === "popup");
      return last?.type === "popup" && last.popup === null;
    });
    viewer.click(150, 120);
    await focusedAt(100);
    await release(sessionId);
  });

  it("takes touch and wheel, and looks like an ordinary Chrome", async () => {
    const { sessionId, viewer } = await begin();
    await startTree(sessionId, viewer);
    await loaded(viewer);
    viewer.send({ type: "wheel", x: 600, y: 300, deltaX: 0, deltaY: 120, modifiers: 0 });
    await test.api.waitFor(() => site.posts.some(({ path, body }) => path === "/wheel" && body === "120"));
    viewer.send({ type: "touch", action: "start", points: [{ id: 1, x: 150, y: 120 }], modifiers: 0 });
    viewer.send({ type: "touch", action: "end", points: [], modifiers: 0 });
    await viewer.until(({ messages }) =>
      messages.some((message) => message.type === "focus" && message.field?.y === 100),
    );
    const agent = site.posts.find(({ path }) => path === "/agent")?.body;
    expect(agent).toMatch(/ Chrome\/\d+\.0\.0\.0 Safari/);
    expect(agent).not.toContain("Headless");
    await release(sessionId);
  });

  it("gives a viewer that comes back to a page at rest one key packet and what it must know", async () => {
    const { sessionId, viewer } = await begin();
    await startTree(sessionId, viewer);
    await loaded(viewer);
    await viewer.close();
    await test.api.waitForReport(sessionId, "viewer.disconnected");
    const again = await connect(sessionId);
    await again.until(({ packets }) => packets.length > 0);
    expect(again.packets[0]?.flags).toBe(5);
    expect(again.messages.map(({ type }) => type).slice(0, 6)).toEqual([
      "hello",
      "challenge",
      "control",
      "expiring",
      "cursor",
      "location",
    ]);
    expect(again.messages).toContainEqual({ type: "location", host, secure: true, loading: false });
    again.click(150, 120);
    await again.until(({ messages }) =>
      messages.some((message) => message.type === "focus" && message.field?.y === 100),
    );
    await release(sessionId);
  });

  it("resizes the page to the viewer, as fine as its screen, and its windows too", async () => {
    const { sessionId, viewer } = await begin();
    await startTree(sessionId, viewer);
    await loaded(viewer);
    const turn = async (width: number, height: number, scale: number) => {
      viewer.send({ type: "resize", width, height, ratio: scale });
      await viewer.until(({ packets }) => {
        const last = packets.at(-1);
        return last?.width === width * scale && last.height === height * scale;
      });
    };
    const window = (open: boolean) =>
      viewer.until(({ messages }) => {
        const last = messages.findLast((message) => message.type === "popup");
        return last?.type === "popup" && (last.popup !== null) === open;
      });
    const focusedAt = (y: number) =>
      viewer.until(({ messages }) => {
        const last = messages.findLast((message) => message.type === "focus");
        return last?.type === "focus" && last.field?.y === y;
      });
    await turn(420, 700, 2);
    viewer.click(2 * 150, 2 * 120);
    await focusedAt(2 * 100);
    await turn(700, 420, 1.5);
    viewer.click(1.5 * 150, 1.5 * 220);
    await focusedAt(1.5 * 200);
    await turn(420, 700, 2);
    viewer.click(2 * 150, 2 * 420);
    await window(true);
    await focusedAt(2 * 200);
    await turn(700, 420, 2);
    await focusedAt(2 * 200);
    viewer.click(2 * 150, 2 * 120);
    await window(false);
    viewer.click(2 * 150, 2 * 120);
    await focusedAt(2 * 100);
    expect(viewer.packets.at(-1)).toMatchObject({ width: 1400, height: 840 });
    await release(sessionId);
  });

  it("lets the same viewer come back, refuses another, and closes one that breaks the protocol", async () => {
    const { sessionId, viewer } = await begin();
    await expect(connect(sessionId, "v2")).rejects.toThrow("refused with 409");
    const again = await connect(sessionId);
    await viewer.until(({ closeCode }) => closeCode === 4409);
    await again.until(({ packets }) => packets.length > 0);
    again.sendRaw(Buffer.from('{"type":"pointer","x":"left"}'));
    await again.until(({ closeCode }) => closeCode === 4400);
    await test.api.waitForReport(sessionId, "viewer.disconnected");
    const other = await connect(sessionId, "v2");
    await other.until(({ packets }) => packets.length > 0);
    await release(sessionId);
    expect(test.api.reportsOf(sessionId).map(({ type }) => type)).toEqual([
      "browser.started",
      "viewer.connected",
      "viewer.disconnected",
      "viewer.connected",
    ]);
  });

  it("goes over to the viewer that the session was handed to, and never back to an earlier turn", async () => {
    const { sessionId, viewer } = await begin();
    const phone = await connect(sessionId, "v2", 2);
    await viewer.until(({ closeCode }) => closeCode === 4410);
    await phone.until(({ packets }) => packets.length > 0);
    await expect(connect(sessionId)).rejects.toThrow("refused with 409");
    await phone.close();
    await test.api.waitForReport(sessionId, "viewer.disconnected");
    await expect(connect(sessionId)).rejects.toThrow("refused with 409");
    const back = await connect(sessionId, "v1", 3);
    await back.until(({ packets }) => packets.length > 0);
    await release(sessionId);
  });

  it("closes a viewer whose messages are not sealed", async () => {
    const { sessionId, viewer } = await begin();
    viewer.sendUnsealed('{"type":"keyframe"}');
    await viewer.until(({ closeCode }) => closeCode === 4400);
    const again = await connect(sessionId);
    again.sendUnsealed(Buffer.from('{"type":"keyframe"}'));
    await again.until(({ closeCode }) => closeCode === 4400);
    await release(sessionId);
  });

  it("refuses passes of another token, session or epoch", async () => {
    const { sessionId, viewer } = await begin();
    await viewer.close();
    const target = { api: test.api, port: test.worker.port, workerToken, sessionId, epoch: 1, viewerId: "v1" };
    await expect(TestViewer.connect({ ...target, workerToken: "another-worker-token" })).rejects.toThrow(
      "refused with 401",
    );
    await expect(TestViewer.connect({ ...target, epoch: 2 })).rejects.toThrow("refused with 404");
    await expect(TestViewer.connect({ ...target, sessionId: randomUUID() })).rejects.toThrow("refused with 404");
    await release(sessionId);
  });

  it("reports BROWSER_CRASHED once when the browser is killed, and frees the slot", async () => {
    const { sessionId, viewer } = await begin();
    await startTree(sessionId, viewer);
    const browsers = findProcesses(test.runtimeDir).filter(
      ({ commandLine }) => commandLine.includes("--remote-debugging-pipe") && !commandLine.includes("--type="),
    );
    for (const { pid } of browsers) process.kill(pid, "SIGKILL");
    expect(await test.api.waitForReport(sessionId, "session.failed")).toMatchObject({
      report: { code: "BROWSER_CRASHED" },
    });
    await release(sessionId);
    const next = await begin();
    await next.viewer.until(({ packets }) => packets.length > 0);
    await release(next.sessionId);
    expect(test.api.reportsOf(sessionId).filter(({ type }) => type === "session.failed")).toHaveLength(1);
  });

  it("reports BROWSER_CRASHED when the page's renderer dies", async () => {
    const { sessionId, viewer } = await begin();
    await startTree(sessionId, viewer);
    const ours = (await Promise.all(findProcesses(test.runtimeDir).map(({ pid }) => listTree(pid)))).flat();
    const renderers = findProcesses("--type=renderer").filter(({ pid }) => ours.includes(pid));
    expect(renderers.length).toBeGreaterThan(0);
    for (const { pid } of renderers) process.kill(pid, "SIGKILL");
    expect(await test.api.waitForReport(sessionId, "session.failed")).toMatchObject({
      report: { code: "BROWSER_CRASHED" },
    });
    await viewer.until(({ closeCode }) => closeCode === 4000);
    await release(sessionId);
  });

  it("reports TREE_INVALID for what is no platform file", async () => {
    const sessionId = randomUUID();
    test.api.send({ ...assignTo(sessionId, host), platform: { format: "platform/1" } });
    expect(await test.api.waitForReport(sessionId, "session.failed")).toMatchObject({
      report: { code: "TREE_INVALID" },
    });
    await release(sessionId);
  });

  it("runs each browser as a user of its own, and a release leaves neither process nor profile", async () => {
    const first = await begin();
    const second = await begin();
    const uids = new Set(findProcesses(test.runtimeDir).map(({ uid }) => uid));
    if (process.getuid?.() === 0) {
      expect(uids.size).toBe(2);
      expect(uids).not.toContain(0);
    }
    await release(first.sessionId);
    await release(second.sessionId);
    await test.worker.stop();
    expect(findProcesses(test.runtimeDir)).toEqual([]);
    expect(await readdir(test.runtimeDir)).toEqual(["ca.pem"]);
    await expect(fetch(`http://127.0.0.1:${test.worker.port}/healthz`)).rejects.toThrow();
  });
});
