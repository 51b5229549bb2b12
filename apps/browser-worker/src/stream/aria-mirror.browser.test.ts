import { randomUUID } from "node:crypto";
import type { AriaNode, ServerMessage } from "@attestream/shared/viewer-protocol";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openAndLeave } from "../testing/open-and-leave.ts";
import { startTestSite, type TestSite } from "../testing/test-site.ts";
import { TestViewer } from "../testing/test-viewer.ts";
import { assignTo, startTestWorker, workerToken, type TestWorker } from "../testing/test-worker.ts";

const host = "aria.worker.test";
const password = "correct-horse-canary";
const page = `<!doctype html><title>Bank</title>
<main><h1>Log in</h1><form onsubmit="event.preventDefault(); wrong.textContent = 'Wrong password'">
<label>User <input name="user" required value="jane"></label>
<label>Password <input type="password" value="${password}"></label>
<label>Shown <input type="text" autocomplete="current-password" value="${password}"></label>
<div style="height: 3000px"></div><p id="wrong" role="alert"></p><button>Log in</button></form></main>
<iframe srcdoc="<button onclick='parent.document.title = 1'>Inside</button>"></iframe>`;

describe("the page for a screen reader", () => {
  let site: TestSite;
  let test: TestWorker;
  let viewer: TestViewer;
  const sessionId = randomUUID();
  beforeAll(async () => {
    site = await startTestSite(host, { "/login": page });
    test = await startTestWorker({
      runTree: openAndLeave,
      ca: site.ca,
      env: { EGRESS_DEV_HOSTS: `${host}=127.0.0.1:${site.port}` },
    });
    test.api.send(assignTo(sessionId, host));
    await test.api.waitForReport(sessionId, "browser.started");
    const { port } = test.worker;
    viewer = await TestViewer.connect({ api: test.api, port, workerToken, sessionId, epoch: 1, viewerId: "v1" });
    test.api.send({ type: "tree.start", sessionId, epoch: 1 });
    await viewer.until(({ messages }) =>
      messages.some((message) => message.type === "location" && message.host === host && !message.loading),
    );
  });
  afterAll(async () => {
    await test[Symbol.asyncDispose]();
    await site.close();
  });

  const isAria = (message: ServerMessage) => message.type === "aria";
  /** The newest that was told, once it fits. */
  async function told(fits: (nodes: AriaNode[]) => boolean): Promise<AriaNode[]> {
    const newest = () => {
      const message = viewer.messages.findLast(isAria);
      return message?.type === "aria" ? message.nodes : [];
    };
    await viewer.until(() => fits(newest()));
    return newest();
  }
  const named = (nodes: AriaNode[], name: string) => nodes.find((node) => node.name === name);

  it("is told only when it is asked for, with labels, values and states, and no password", async () => {
    expect(viewer.messages.some(isAria)).toBe(false);
    viewer.send({ type: "ariaWatch", on: true });
    const nodes = await told((all) => named(all, "Inside") !== undefined);
    expect(named(nodes, "Log in")).toMatchObject({ role: "heading", level: 1 });
    expect(named(nodes, "User")).toMatchObject({ role: "textbox", value: "jane", states: ["required"] });
    for (const name of ["Password", "Shown"]) {
      expect(named(nodes, name)?.states).toContain("secret");
      expect(named(nodes, name)?.value).toBeUndefined();
    }
    expect(JSON.stringify(viewer.messages)).not.toContain(password);
  });

  it("focuses and presses what it has told, out of sight too, and tells what the page says to it", async () => {
    const before = await told((all) => all.length > 0);
    viewer.send({ type: "ariaAct", id: named(before, "User")!.id, action: "focus" });
    await told((all) => named(all, "User")?.states?.includes("focused") === true);
    viewer.send({ type: "text", text: "t" });
    await told((all) => named(all, "User")?.value === "janet" || named(all, "User")?.value === "tjane");
    viewer.send({
      type: "ariaAct",
      id: before.findLast(({ name, role }) => name === "Log in" && role === "button")!.id,
      action: "press",
    });
    const after = await told((all) => named(all, "Wrong password") !== undefined);
    expect(after.some(({ role }) => role === "alert")).toBe(true);
  });

  it("does nothing to what it has not told", async () => {
    viewer.send({ type: "ariaAct", id: 2_000_000, action: "press" });
    viewer.send({ type: "ping", id: 7 });
    await viewer.until(({ messages }) => messages.some((message) => message.type === "pong" && message.id === 7));
    expect(viewer.closeCode).toBeNull();
  });
});
