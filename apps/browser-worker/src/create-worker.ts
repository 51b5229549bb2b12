import { randomUUID } from "node:crypto";
import { constants } from "node:fs";
import { access, mkdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { workerProtocolVersion, type DownMessage } from "@attestream/shared/worker-protocol";
import type { Logger } from "pino";
import type { WorkerConfig } from "./config.ts";
import { ControlLink } from "./control/control-link.ts";
import { ReportBuffer } from "./control/report-buffer.ts";
import { resolveWithSystem, type Resolve } from "./egress/dial-public.ts";
import { BrowserPool } from "./pool/browser-pool.ts";
import { launchBrowser } from "./pool/launch-browser.ts";
import { createRuntimeFolder, uidsPerWorker } from "./pool/runtime-folder.ts";
import { checkSandbox } from "./pool/sandbox-level.ts";
import type { Slot } from "./pool/slot.ts";
import { findChromium } from "./sandbox/find-chromium.ts";
import { createTrustStore } from "./sandbox/trust-store.ts";
import { SessionRegistry } from "./session/session-registry.ts";
import type { RunSessionTree } from "./session/tree-runner.ts";
import { ViewerGateway } from "./stream/viewer-gateway.ts";

export interface WorkerDependencies {
  config: WorkerConfig;
  runTree: RunSessionTree;
  log: Logger;
  resolve?: Resolve;
  now?: () => Date;
  random?: () => number;
  newId?: () => string;
  /** Told the runtime folder: what Playwright leaves in the process's temporary folder is then swept with it. */
  useTemporaryFolder?: (path: string) => void;
}

export interface Worker {
  /** Of the viewer endpoint. */
  port: number;
  /** Resolves when the API has taken this worker for the first time. */
  registered: Promise<void>;
  /** Settles when the worker may end: resolves after `stop` or a drain, rejects when it can never register. */
  finished: Promise<void>;
  /** Takes nothing new; ends by itself with the last session. */
  drain(): void;
  /** Ends all sessions, kills all browsers, removes all files. */
  stop(): Promise<void>;
}

/** Wires and starts a worker. Throws, with the remedy in the message, when this machine cannot run browsers. */
export async function createWorker(dependencies: WorkerDependencies): Promise<Worker> {
  const {
    config,
    runTree,
    log,
    resolve = resolveWithSystem,
    now = () => new Date(),
    random = Math.random,
    newId = randomUUID,
  } = dependencies;
  const workerId = config.workerId ?? `w_${newId().replaceAll("-", "").slice(0, 16)}`;
  const asRoot = process.getuid?.() === 0;
  const setprivPath = await findSetpriv(asRoot);
  const chromium = await findChromium(config.chromiumPath);
  const runtime = await createRuntimeFolder(config.runtimeDir, asRoot);
  const cleanUp: (() => Promise<void>)[] = [() => rm(runtime.path, { recursive: true, force: true, maxRetries: 5 })];
  const undo = async () => {
    for (const step of cleanUp.toReversed()) await step();
  };

  try {
    await mkdir(join(runtime.path, "trust"), { mode: 0o700 });
    await mkdir(join(runtime.path, "tmp"), { mode: 0o700 });
    dependencies.useTemporaryFolder?.(join(runtime.path, "tmp"));
    const trustStore = await createTrustStore({ folder: join(runtime.path, "trust"), caFile: config.extraCaFile });
    const capacity = Math.min(config.capacity, uidsPerWorker);
    const slots: Slot[] = Array.from({ length: capacity }, (_, index) => ({
      index,
      uid: asRoot ? runtime.uidBase + index : undefined,
      folder: join(runtime.path, `slot-${index}`),
    }));
    const launch = (slot: Slot, sandbox: boolean) =>
      launchBrowser(slot, {
        chromium,
        setprivPath,
        trustStore,
        sandbox,
        timeoutMs: config.launchTimeoutMs,
        resolve,
        log,
      });
    const [firstSlot] = slots;
    if (firstSlot === undefined) throw new Error("WORKER_CAPACITY must be at least 1");
    const checked = await checkSandbox({ slot: firstSlot, launch, allowNoSandbox: config.allowNoSandbox, log });
    const browser = { product: chromium.product, version: checked.version };

    const pool = new BrowserPool({
      slots,
      warmSize: config.poolSize,
      launch: (slot) => launch(slot, checked.level !== "L0"),
      random,
      log,
    });
    const reports = new ReportBuffer(now);
    const lifetime = new AbortController();
    const ending = Promise.withResolvers<void>();
    const registered = Promise.withResolvers<void>();
    let draining = false;
    let failure: unknown;

    const sessions: SessionRegistry = new SessionRegistry({
      claim: () => pool.claim(),
      giveBack: (taken) => pool.giveBack(taken),
      runTree,
      devHosts: config.devHosts,
      browser,
      isolationLevel: checked.level,
      now,
      newId,
      log,
      report(sessionId, epoch, report) {
        const message = reports.add(sessionId, epoch, report);
        if (message) link.send(message);
      },
      onReleased(sessionId, epoch) {
        reports.forget(sessionId, epoch);
        link.send({ type: "released", sessionId, epoch });
      },
      onEmpty: () => finishDrain(),
    });
    const gateway = new ViewerGateway({
      workerToken: config.workerToken,
      findStream: (id, epoch) => sessions.findStream(id, epoch),
      now,
    });
    await gateway.listen(config.host, config.port);
    cleanUp.push(() => gateway.close());
    const address =
      config.address ??
      `${config.host === "0.0.0.0" || config.host === "::" ? "127.0.0.1" : config.host}:${gateway.port}`;

    const link: ControlLink = new ControlLink({
      apiUrl: config.apiUrl,
      workerToken: config.workerToken,
      reports,
      describe: () => ({
        type: "register",
        protocol: workerProtocolVersion,
        workerId,
        address,
        capacity,
        isolationLevel: checked.level,
        browser,
        held: sessions.held,
      }),
      heartbeat: () => ({ type: "heartbeat", warm: pool.warm, held: sessions.held }),
      onMessage: (message) => receive(message),
      onRegistered() {
        registered.resolve();
        finishDrain();
      },
      random,
      log,
    });

    function receive(message: DownMessage): void {
      switch (message.type) {
        case "assign":
        case "tree.start":
        case "release":
          return sessions.obey(message);
        case "drain":
          return drain();
        case "registered":
        case "report.acked":
          return;
      }
    }

    function drain(): void {
      if (draining) return;
      draining = true;
      log.info({ held: sessions.held.length }, "draining");
      void pool.drain();
      finishDrain();
    }

    function finishDrain(): void {
      if (!draining || sessions.held.length > 0) return;
      link.send({ type: "drained" });
      void stop();
    }

    async function end(): Promise<void> {
      await sessions.releaseAll();
      await pool.drain();
      await pool.settled();
      lifetime.abort();
      await linkEnd.catch(() => {});
      await undo();
    }

    let stopping: Promise<void> | undefined;
    function stop(): Promise<void> {
      stopping ??= end().then(
        () => (failure === undefined ? ending.resolve() : ending.reject(failure)),
        (error: unknown) => ending.reject(error),
      );
      return stopping;
    }

    const linkEnd = link.run(lifetime.signal);
    linkEnd.catch((error: unknown) => {
      failure = error;
      void stop();
    });
    pool.fill();
    log.info(
      {
        workerId,
        port: gateway.port,
        isolationLevel: checked.level,
        browser: browser.product,
        browserVersion: browser.version,
        capacity,
      },
      "worker started",
    );
    return { port: gateway.port, registered: registered.promise, finished: ending.promise, drain, stop };
  } catch (error) {
    await undo();
    throw error;
  }
}

async function findSetpriv(asRoot: boolean): Promise<string | undefined> {
  for (const path of ["/usr/bin/setpriv", "/bin/setpriv"]) {
    const found = await access(path, constants.X_OK).then(
      () => true,
      () => false,
    );
    if (found) return path;
  }
  if (asRoot)
    throw new Error(
      "Run as root the worker needs setpriv to start browsers as unprivileged users. Install util-linux, or run the worker as an ordinary user.",
    );
  return undefined;
}
