import { randomUUID } from "node:crypto";
import { once } from "node:events";
import type { IncomingMessage } from "node:http";
import { createServer } from "node:https";
import { connect, type AddressInfo } from "node:net";
import { Transform, type Duplex } from "node:stream";
import type { Page } from "playwright";
import {
  assignTo,
  startTestWorker,
  workerToken,
  type TestWorker,
} from "@attestream/browser-worker/testing/test-worker";
import { FrameServer, type ForeignWorker } from "@attestream/frame/test-support/frame-server";
import { mintViewerPass, viewerPassHeader } from "@attestream/shared/worker-protocol";
import { createCertificateAuthority } from "@attestream/testkit";
import { BreakableNetwork } from "./breakable-network.ts";

export interface LiveSession {
  /** The frame page of this session, and what the API would say of it. */
  frame: FrameServer;
  /** The page on top in the worker's browser. */
  page: () => Page;
  /** What the page on top looks like now, PNG. */
  screenshot(): Promise<Buffer>;
  /** Between the viewer and the worker. */
  network: BreakableNetwork;
  /** How long what the viewer says is held up on its way. */
  lag: { ms: number };
  end(): Promise<void>;
}

export interface LiveStage extends AsyncDisposable {
  /** A browser that shows `https://<first host>/login`, in the user's hands. */
  begin(): Promise<LiveSession>;
}

/** Path to HTML, for all hosts. Asked for a path with `members` in it, the site wants "jane" and "sesame" first. */
export type SitePages = Record<string, string>;

/**
 * The live stream without what is around it: a real worker with real browsers, sites over TLS, and the
 * frame page as it is served, whose stream leads to the worker. The test is the API.
 */
export async function startLiveStage(hosts: readonly [string, ...string[]], pages: SitePages): Promise<LiveStage> {
  await using undo = new AsyncDisposableStack();
  const authority = await createCertificateAuthority("Live stage");
  const ports = await Promise.all(
    hosts.map(async (host) => {
      const server = createServer(await authority.issue(host), (request, response) => {
        const { pathname } = new URL(request.url ?? "/", `https://${host}`);
        const page = pages[pathname];
        const known = `Basic ${Buffer.from("jane:sesame").toString("base64")}`;
        response.setHeader("content-type", "text/html; charset=utf-8");
        if (pathname.includes("members") && request.headers.authorization !== known)
          response.writeHead(401, { "www-authenticate": 'Basic realm="Members"' }).end("Members only");
        else response.writeHead(page === undefined ? 404 : 200).end(page ?? "nothing here");
      });
      server.listen(0, "127.0.0.1");
      await once(server, "listening");
      undo.defer(() => server.close().closeAllConnections());
      return (server.address() as AddressInfo).port;
    }),
  );
  let handOver: (page: () => Page) => void = () => {};
  const worker = undo.use(
    await startTestWorker({
      ca: authority.certificate,
      env: { EGRESS_DEV_HOSTS: hosts.map((host, index) => `${host}=127.0.0.1:${ports[index]}`).join(",") },
      async runTree({ page, loginUrl, viewer, signal }) {
        await page().goto(loginUrl);
        viewer.setControl(true);
        handOver(page);
        await once(signal, "abort");
        throw signal.reason;
      },
    }),
  );
  const life = undo.move();
  return {
    async begin() {
      const sessionId = randomUUID();
      const [host, ...allow] = hosts;
      worker.api.send(assignTo(sessionId, host, { allow }));
      await worker.api.waitForReport(sessionId, "browser.started");
      const shown = new Promise<() => Page>((resolve) => (handOver = resolve));
      worker.api.send({ type: "tree.start", sessionId, epoch: 1 });
      const network = await BreakableNetwork.to(worker.worker.port);
      const lag = { ms: 0 };
      const frame = await FrameServer.start({
        view: { status: "AWAITING_USER", streamable: true, progress: 40 },
        worker: lead(worker, sessionId, network.port, lag),
      });
      const page = await shown;
      return {
        frame,
        network,
        lag,
        page,
        screenshot: () => screenshotOf(page()),
        async end() {
          await network[Symbol.asyncDispose]();
          await frame.close();
          worker.api.send({ type: "release", sessionId, epoch: 1, reason: "finished" });
          await worker.api.waitFor((message) => message.type === "released" && message.sessionId === sessionId);
        },
      };
    },
    [Symbol.asyncDispose]: () => life.disposeAsync(),
  };
}

/** Not Playwright's own, which knows nothing of the size that the viewer has given the page. */
async function screenshotOf(page: Page): Promise<Buffer> {
  const client = await page.context().newCDPSession(page);
  try {
    const { data } = await client.send("Page.captureScreenshot", { format: "png" });
    return Buffer.from(data, "base64");
  } finally {
    await client.detach().catch(() => {});
  }
}

/** What the API does with a viewer: lets it through with a pass, to the worker that holds the session. */
function lead({ api }: TestWorker, sessionId: string, port: number, lag: { ms: number }): ForeignWorker {
  const started = api.reportsOf(sessionId).find((report) => report.type === "browser.started");
  const registered = api.received.find((message) => message.type === "register");
  if (started?.type !== "browser.started" || registered?.type !== "register") throw new Error("no session");
  return {
    sessionId,
    statement: started.sealKey,
    publicJwk: registered.identityKey,
    async forward(request, viewer, head) {
      const claims = { sessionId, epoch: 1, viewerId: "v1", turn: 1, expiresAt: Date.now() + 30_000 };
      const pass = await mintViewerPass(workerToken, claims);
      forward({ request, viewer, head, port, lag, headers: { ...request.headers, [viewerPassHeader]: pass } });
    },
  };
}

interface Forwarded {
  request: IncomingMessage;
  viewer: Duplex;
  head: Buffer;
  port: number;
  lag: { ms: number };
  headers: Record<string, string | string[] | undefined>;
}

function forward({ request, viewer, head, port, lag, headers }: Forwarded): void {
  const worker = connect(port, "127.0.0.1");
  for (const [socket, other] of [
    [viewer, worker],
    [worker, viewer],
  ] as const) {
    socket.on("error", () => other.destroy());
    socket.on("close", () => other.destroy());
  }
  worker.write(`GET ${(request.url ?? "").replace("/stream/", "/session/")} HTTP/1.1\r\n`);
  for (const [name, value] of Object.entries(headers)) worker.write(`${name}: ${String(value)}\r\n`);
  worker.write("\r\n");
  worker.write(head);
  const late = new Transform({
    transform: (bytes, _encoding, done) => void setTimeout(() => done(null, bytes), lag.ms),
  });
  viewer.pipe(late).pipe(worker);
  worker.pipe(viewer);
}
