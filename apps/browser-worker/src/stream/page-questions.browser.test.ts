import { randomUUID } from "node:crypto";
import { uploadLimits, type ServerMessage, type ViewerMessage } from "@attestream/shared/viewer-protocol";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { openAndLeave } from "../testing/open-and-leave.ts";
import { startTestSite, type TestSite } from "../testing/test-site.ts";
import { TestViewer } from "../testing/test-viewer.ts";
import { assignTo, startTestWorker, workerToken, type TestWorker } from "../testing/test-worker.ts";

const host = "questions.worker.test";
const page = `<!doctype html><title>Questions</title>
<style>body { margin: 0 } body > * { position: absolute; left: 100px; width: 300px; height: 40px; box-sizing: border-box }</style>
<button style="top: 100px" onclick="post('prompt ' + prompt('Which colour?', 'red'))">Prompt</button>
<button style="top: 200px" onclick="post('confirm ' + confirm('Really?'))">Confirm</button>
<button style="top: 300px" onclick="window.addEventListener('beforeunload', (event) => event.preventDefault()); location.href = '/next'">Leave</button>
<label style="top: 400px" for="country">Country</label>
<select id="country" style="top: 450px" oninput="post('input')" onchange="post('country ' + value)">
<option>Chile</option><option hidden>Nowhere</option><optgroup label="Europe"><option value="at">Austria</option><option disabled>Atlantis</option></optgroup></select>
<input type="file" multiple accept=".txt,image/*" style="top: 550px" onchange="tell(this.files)">
<button style="top: 600px" onclick="window.open('/stubborn')">Window</button>
<button style="top: 650px" onclick="window.open('https://elsewhere.test/')">Elsewhere</button>
<a style="top: 30px" href="http://elsewhere.test/plain" target="_blank">Elsewhere, plain</a>
<script>const tell = async (files) => post(JSON.stringify(await Promise.all([...files].map(async (file) => [file.name, file.type, file.size, (await file.text()).slice(0, 3)]))));
const post = (body) => fetch("/posted", { method: "POST", body });</script>`;

describe("what a page asks outside of its picture", () => {
  let site: TestSite;
  let test: TestWorker;
  let sessionId: string;
  let viewer: TestViewer;

  beforeAll(async () => {
    site = await startTestSite(host, {
      "/login": page,
      "/stubborn":
        "<!doctype html><title>Window</title><script>window.onbeforeunload = (event) => event.preventDefault()</script>",
      "/next": "<!doctype html><script>fetch('/posted', { method: 'POST', body: 'next' })</script>",
    });
    test = await startTestWorker({
      runTree: openAndLeave,
      ca: site.ca,
      env: { EGRESS_DEV_HOSTS: `${host}=127.0.0.1:${site.port}` },
    });
  });
  afterAll(async () => {
    await test[Symbol.asyncDispose]();
    await site.close();
  });
  beforeEach(async () => {
    site.posts.length = 0;
    sessionId = randomUUID();
    test.api.send(assignTo(sessionId, host));
    await test.api.waitForReport(sessionId, "browser.started");
    viewer = await connect();
    test.api.send({ type: "tree.start", sessionId, epoch: 1 });
    await viewer.until(({ packets }) => packets.length > 0);
    await heard("control", ({ enabled }) => enabled);
    await heard("location", (place) => place.host === host && !place.loading);
  });
  afterEach(async () => {
    test.api.send({ type: "release", sessionId, epoch: 1, reason: "finished" });
    await test.api.waitFor((message) => message.type === "released" && message.sessionId === sessionId);
  });

  const connect = () =>
    TestViewer.connect({ api: test.api, port: test.worker.port, workerToken, sessionId, epoch: 1, viewerId: "v1" });

  type MessageOf<T extends ServerMessage["type"]> = Extract<ServerMessage, { type: T }>;

  /** The last message of its type, once that is as it should be. */
  async function heard<T extends ServerMessage["type"]>(
    type: T,
    isIt: (message: MessageOf<T>) => boolean,
  ): Promise<MessageOf<T>> {
    const last = () => viewer.messages.findLast((message): message is MessageOf<T> => message.type === type);
    await viewer.until(() => {
      const message = last();
      return message !== undefined && isIt(message);
    });
    return last()!;
  }

  const posted = (body: string) => test.api.waitFor(() => site.posts.some((post) => post.body === body));

  async function answerDialog(answer: Omit<Extract<ViewerMessage, { type: "dialogReply" }>, "type" | "id">) {
    const { dialog } = await heard("dialog", (message) => message.dialog !== null);
    viewer.send({ type: "dialogReply", id: dialog!.id, ...answer });
    await heard("dialog", (message) => message.dialog === null);
    return dialog;
  }

  it("a prompt and a confirm are answered by the user", async () => {
    viewer.click(150, 120);
    expect(await answerDialog({ accepted: true, text: "blue" })).toMatchObject({
      kind: "prompt",
      host,
      message: "Which colour?",
      suggestion: "red",
    });
    await posted("prompt blue");
    viewer.click(150, 220);
    await answerDialog({ accepted: false });
    await posted("confirm false");
  });

  it("a page that asks whether to leave it stays or goes as the user wants", async () => {
    viewer.click(150, 320);
    expect(await answerDialog({ accepted: false })).toMatchObject({ kind: "leave" });
    viewer.click(150, 320);
    await answerDialog({ accepted: true });
    await posted("next");
  });

  it("a select is opened by click or key, and takes what the user chose", async () => {
    viewer.click(150, 470);
    const { select } = await heard("select", (message) => message.select !== null);
    expect(select).toMatchObject({
      label: "Country",
      options: [
        { index: 0, label: "Chile", group: "", disabled: false, selected: true },
        { index: 2, label: "Austria", group: "Europe", disabled: false, selected: false },
        { index: 3, label: "Atlantis", group: "Europe", disabled: true, selected: false },
      ],
    });
    viewer.send({ type: "selectReply", id: select!.id, index: 2 });
    await heard("select", (message) => message.select === null);
    await posted("input");
    await posted("country at");

    viewer.press(" ", "Space");
    const again = (await heard("select", (message) => message.select !== null)).select!;
    expect(again.options.filter(({ selected }) => selected)).toMatchObject([{ label: "Austria" }]);
    viewer.send({ type: "selectReply", id: again.id, index: 3 });
    await heard("select", (message) => message.select === null);
    viewer.press("F4", "F4");
    const last = (await heard("select", (message) => message.select !== null)).select!;
    expect(last.options.filter(({ selected }) => selected)).toMatchObject([{ label: "Austria" }]);
    viewer.send({ type: "selectReply", id: last.id, index: 0 });
    await posted("country Chile");
  });

  it("files are taken in parts, up to a bound, and given to the page", async () => {
    const open = async () => {
      viewer.click(150, 570);
      return (await heard("file", (message) => message.request !== null)).request!;
    };
    const none = () => heard("file", (message) => message.request === null);
    const cancelled = await open();
    expect(cancelled).toMatchObject({ host, multiple: true, accept: ".txt,image/*" });
    viewer.send({ type: "fileReply", id: cancelled.id, files: [] });
    await none();

    const { id } = await open();
    const bytes = Buffer.from(`one${"x".repeat(100_000)}`);
    viewer.send({
      type: "fileReply",
      id,
      files: [
        { name: "one.txt", mediaType: "text/plain", size: 100_000 },
        { name: "two.bin", mediaType: "", size: 3 },
      ],
    });
    for (let at = 0; at < bytes.length; at += uploadLimits.partBytes)
      viewer.send({
        type: "filePart",
        id,
        data: bytes.subarray(at, at + uploadLimits.partBytes).toString("base64"),
      });
    await none();
    await posted('[["one.txt","text/plain",100000,"one"],["two.bin","application/octet-stream",3,"xxx"]]');

    const much = await open();
    const half = { name: "big", mediaType: "", size: uploadLimits.bytes / 2 };
    viewer.send({ type: "fileReply", id: much.id, files: [half, half, half] });
    await none();
  });

  it("a window on top is named, and closed by the user", async () => {
    await heard("popup", ({ popup }) => popup === null);
    viewer.click(150, 620);
    expect(await heard("popup", ({ popup }) => popup !== null)).toMatchObject({ popup: { belowHost: host } });
    viewer.send({ type: "popupClose" });
    await heard("popup", ({ popup }) => popup === null);
    // The first window stays: nothing to close.
    viewer.send({ type: "popupClose" });
    viewer.click(150, 220);
    await answerDialog({ accepted: true });
    await posted("confirm true");
  });

  it.each([
    ["by a script", 670],
    ["by a link, without encryption", 50],
  ])("a window that leads out of the platform, %s, is closed and told of", async (_name, y) => {
    viewer.click(150, y);
    expect(await heard("popupRefused", () => true)).toEqual({ type: "popupRefused", host: "elsewhere.test" });
    await heard("popup", ({ popup }) => popup === null);
    viewer.click(150, 220);
    await answerDialog({ accepted: true });
    await posted("confirm true");
  });

  it("is told again to a viewer that comes back, and declined when there is none", async () => {
    viewer.click(150, 220);
    const { dialog } = await heard("dialog", (message) => message.dialog !== null);
    await viewer.close();
    viewer = await connect();
    expect(await heard("dialog", (message) => message.dialog !== null)).toMatchObject({ dialog });
    await answerDialog({ accepted: true });
    await posted("confirm true");
  });
});
