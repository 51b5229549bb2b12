import { randomUUID } from "node:crypto";
import { rootCertificates } from "node:tls";
import { createResolve, type Resolve } from "@attestream/address-guard";
import type { DownMessage } from "@attestream/shared/worker-protocol";
import { createWorkerIdentity } from "@attestream/sealed-channel/worker";
import type { Logger } from "pino";
import type { WorkerConfig } from "./config.ts";
import { ControlLink } from "./control/control-link.ts";
import { ReportBuffer } from "./control/report-buffer.ts";
import { askGateway } from "./egress/ask-gateway.ts";
import { readAvailableMiB } from "./pool/available-memory.ts";
import { BrowserPool } from "./pool/browser-pool.ts";
import { prepareBrowsers } from "./pool/prepare-browsers.ts";
import { SessionRegistry } from "./session/session-registry.ts";
import type { RunSessionTree } from "./session/tree-runner.ts";
import { EncoderPool } from "./stream/delta/encoder-pool.ts";
import { ViewerGateway } from "./stream/viewer-gateway.ts";
import { createAttestors } from "./witness/attestors.ts";

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

const certificatePattern = /-----BEGIN CERTIFICATE-----[\s\S]+?-----END CERTIFICATE-----/g;

/** Wires and starts a worker. Throws, with the remedy in the message, when this machine cannot run browsers. */
export async function createWorker(dependencies: WorkerDependencies): Promise<Worker> {
  const {
    config,
    runTree,
    log,
    resolve = config.gateway === undefined ? createResolve() : askGateway(config.gateway),
    now = () => new Date(),
    random = Math.random,
    newId = randomUUID,
    useTemporaryFolder = () => {},
  } = dependencies;
  const workerId = config.workerId ?? `w_${newId().replaceAll("-", "").slice(0, 16)}`;
  const cleanUp: (() => Promise<void>)[] = [];
  const undo = async () => {
    for (const step of cleanUp.toReversed()) await step();
  };

  try {
    const browsers = await prepareBrowsers({ config, resolve, useTemporaryFolder, log });
    cleanUp.push(() => browsers.dispose());
    const { slots, launch, isolationLevel, browser } = browsers;
    const capacity = slots.length;
    const identity = await createWorkerIdentity();

    const pool = new BrowserPool({
      slots,
      warmSize: config.poolSize,
      maxAgeMs: config.poolMaxAgeMs,
      launch,
      availableMiB: () => readAvailableMiB(),
      now: () => performance.now(),
      random,
      log,
    });
    const encoders = new EncoderPool();
    cleanUp.push(() => encoders.close());
    const attestors = createAttestors({
      addresses: config.attestors,
      tokens: config.attestorTokens,
      ca: config.extraCa,
      gateway: config.gateway,
      now: () => performance.now(),
      log,
    });
    cleanUp.push(async () => attestors.close());
    const roots = [...rootCertificates, ...(config.extraCa?.match(certificatePattern) ?? [])];
    const reports = new ReportBuffer(now);
    const lifetime = new AbortController();
    const ending = Promise.withResolvers<void>();
    const registered = Promise.withResolvers<void>();
    let draining = false;
    let failure: unknown;

    const sessions: SessionRegistry = new SessionRegistry({
      claim: (settings) => pool.claim(settings),
      giveBack: (taken) => pool.giveBack(taken),
      openEncoder: () => encoders.open(),
      runTree,
      witness: { attestors, roots, ca: config.extraCa },
      gateway: config.gateway,
      devHosts: config.devHosts,
      upstreams: config.upstreams,
      browser,
      isolationLevel,
      identity,
      now,
      newId,
      log,
      report(sessionId, epoch, report) {
        const message = reports.add(sessionId, epoch, report);
        if (message) link.send(message);
      },
      onReleased(sessionId, epoch, egress) {
        reports.forget(sessionId, epoch);
        link.send({ type: "released", sessionId, epoch, ...(egress === undefined ? {} : { egress }) });
      },
      onEmpty: () => finishDrain(),
    });
    const gateway = new ViewerGateway({
      workerToken: config.workerToken,
      log,
      findViewing: (id, epoch) => sessions.findViewing(id, epoch),
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
        workerId,
        address,
        capacity,
        isolationLevel,
        browser,
        identityKey: identity.publicJwk,
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
    pool.start();
    log.info(
      {
        workerId,
        port: gateway.port,
        isolationLevel,
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
