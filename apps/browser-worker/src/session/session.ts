import { errorCodes, type ErrorCode, type ExtractedData } from "@attestream/shared";
import { viewerCloseCodes } from "@attestream/shared/viewer-protocol";
import type {
  DownMessage,
  EgressReport,
  ExtractionResult,
  ReleaseReason,
  SessionReport,
} from "@attestream/shared/worker-protocol";
import { createSessionSealKey, type SessionSealKey, type WorkerIdentity } from "@attestream/sealed-channel/worker";
import type { PlatformDefinition } from "@attestream/workflow";
import type { BrowserContext, BrowserContextOptions } from "playwright";
import type { Logger } from "pino";
import { kindOf } from "../kind-of.ts";
import type { DevHosts } from "@attestream/address-guard";
import { createEgressPolicy } from "../egress/egress-policy.ts";
import type { UpstreamProxy } from "../egress/upstream-proxy.ts";
import { findUpstream, hasOwnProxy, type Upstreams } from "../egress/upstream-setting.ts";
import type { SlotBrowser } from "../pool/launch-browser.ts";
import type { FrameEncoder } from "../stream/frame-encoder.ts";
import { applyDisclosure, DisclosureError } from "@attestream/attestation/disclosure";
import { SessionStream } from "../stream/session-stream.ts";
import { SessionWitness, type WitnessMeans } from "../witness/session-witness.ts";
import { watchBlockedNavigation } from "./blocked-navigation.ts";
import { defaultViewport, readPlatformSettings, type PlatformSettings } from "./platform-settings.ts";
import type { OpenBrowser, SessionState, Viewing } from "./session-state.ts";
import type { RunSessionTree, TreeOutcome } from "./tree-runner.ts";

export type Assignment = Extract<DownMessage, { type: "assign" }>;

export interface SessionOptions {
  assignment: Assignment;
  claim: (settings: BrowserContextOptions) => Promise<SlotBrowser>;
  giveBack: (browser: SlotBrowser) => Promise<void>;
  openEncoder: () => FrameEncoder;
  runTree: RunSessionTree;
  report: (report: SessionReport) => void;
  witness: WitnessMeans;
  devHosts: DevHosts;
  upstreams: Upstreams;
  /** The way out of all platforms that have none of their own; attestors have theirs. */
  gateway: UpstreamProxy | undefined;
  browser: ExtractionResult["browser"];
  isolationLevel: ExtractionResult["isolationLevel"];
  /** Signs the session's sealing key. */
  identity: WorkerIdentity;
  now: () => Date;
  newId: () => string;
  log: Logger;
}

const openAttempts = 2;

/**
 * One assigned session, from claiming its browser to leaving nothing of it. Owns browser, stream and
 * tree. Reports exactly one outcome unless it is released before. What the outcome means is the API's.
 */
export class Session {
  readonly #options: SessionOptions;
  #state: SessionState = { name: "starting" };
  #starting: Promise<void> = Promise.resolve();
  #cleaning: Promise<void> = Promise.resolve();
  #treeAsked = false;
  #egress: EgressReport | undefined;
  readonly #agreed = Promise.withResolvers<void>();

  constructor(options: SessionOptions) {
    this.#options = options;
  }

  get id(): string {
    return this.#options.assignment.sessionId;
  }

  get epoch(): number {
    return this.#options.assignment.epoch;
  }

  /** What its browser did on the net; not before it was given back. */
  get egress(): EgressReport | undefined {
    return this.#egress;
  }

  /** Null while there is no browser to look at. */
  get viewing(): Viewing | null {
    return "stream" in this.#state ? this.#state : null;
  }

  start(): void {
    this.#starting = this.#start();
  }

  /** The end user agreed. Asked again, nothing changes. */
  startTree(): void {
    this.#treeAsked = true;
    this.#agreed.resolve();
    this.#getReady();
  }

  /** Somebody looks, and reads what to agree to: meanwhile the tree does what it needs nobody's word for. */
  #getReady(): void {
    if (this.#state.name === "ready") void this.#runTree(this.#state);
  }

  /** Ends it wherever it stands; resolves when its slot is clean. */
  async release(reason: ReleaseReason | "stopping"): Promise<void> {
    const state = this.#state;
    this.#state = { name: "released" };
    if (state.name === "starting") await this.#starting;
    if (state.name === "running") state.tree.abort();
    if ("browser" in state) {
      state.stream.close(reason === "stopping" ? viewerCloseCodes.workerStopping : viewerCloseCodes.sessionReleased);
      await this.#giveBack(state.browser);
    }
    await this.#cleaning;
  }

  async #start(): Promise<void> {
    const { claim, report, log } = this.#options;
    const settings = this.#readSettings();
    if (settings === null) return this.#fail("TREE_INVALID");
    for (let attempt = 1; this.#state.name === "starting"; attempt += 1) {
      let browser: SlotBrowser | undefined;
      try {
        browser = await claim(settings.context);
        const open = await this.#open(browser, settings);
        const sealKey = await this.#stateSealKey(open.sealKey);
        if (!this.#isStarting()) return await this.#giveBack(browser);
        browser.browser.once("disconnected", () => this.#break());
        this.#state = { name: "ready", ...open };
        if (!browser.browser.isConnected()) return this.#break();
        report({ type: "browser.started", sealKey });
        log.info({ slot: browser.slot.index, epoch: this.epoch }, "browser started");
        if (this.#treeAsked) this.startTree();
        return;
      } catch (error) {
        log.error({ kind: kindOf(error), attempt }, "the session's browser could not be opened");
        if (browser) await this.#giveBack(browser);
        // A warm browser may have died unnoticed: that is no reason to fail.
        if (attempt === openAttempts) return this.#fail("BROWSER_LAUNCH_FAILED");
      }
    }
  }

  /** Asked after a wait, in which a release or a crash may have come. */
  #isStarting(): boolean {
    return this.#state.name === "starting";
  }

  #readSettings(): PlatformSettings | null {
    const { platform, loginUrl, locale } = this.#options.assignment;
    return readPlatformSettings({ platform, loginUrl, locale, browserVersion: this.#options.browser.version });
  }

  async #open(browser: SlotBrowser, settings: PlatformSettings): Promise<OpenBrowser> {
    const { devHosts, upstreams } = this.#options;
    browser.egress.setPolicy(
      createEgressPolicy({ allow: settings.allow, devHosts }),
      findUpstream(upstreams, settings.name),
    );
    const [sealKey, { context, page }] = await Promise.all([
      createSessionSealKey({ sessionId: this.id, epoch: this.epoch }),
      browser.openPage(settings.context),
    ]);
    const stream = new SessionStream({
      context,
      page,
      size: { ...defaultViewport },
      encoder: this.#options.openEncoder(),
      onViewer: (type) => {
        const { name } = this.#state;
        if (name !== "released" && name !== "failed") this.#options.report({ type });
        if (type === "viewer.connected") this.#getReady();
      },
      onBroken: () => this.#break(),
      log: this.#options.log,
    });
    await stream.open();
    watchBlockedNavigation({
      context,
      blockedHosts: () => browser.egress.blockedHosts,
      onBlocked: (blocked, host) =>
        blocked === page ? this.#fail("NAVIGATION_BLOCKED") : stream.refusePopup(blocked, host),
    });
    return { browser, context, stream, sealKey };
  }

  #stateSealKey({ publicKey }: SessionSealKey): Promise<string> {
    return this.#options.identity.sign({ sessionId: this.id, epoch: this.epoch, publicKey });
  }

  async #runTree(state: Extract<SessionState, { name: "ready" }>): Promise<void> {
    const { assignment, runTree, report, now, newId, log } = this.#options;
    const { browser, context, stream, sealKey } = state;
    const tree = new AbortController();
    this.#state = { name: "running", browser, context, stream, sealKey, tree };
    const isCurrent = () => this.#state.name === "running";
    let witness: SessionWitness | undefined;
    let outcome: TreeOutcome;
    try {
      outcome = await runTree({
        platform: assignment.platform,
        platformHash: assignment.platformHash,
        loginUrl: assignment.loginUrl,
        context,
        page: () => stream.currentPage,
        viewer: stream,
        agreed: this.#agreed.promise,
        report: (event) => isCurrent() && report(event),
        proofOf: (definition) => (witness = this.#createWitness(definition, browser, context)),
        now,
        newId,
        signal: tree.signal,
      });
    } catch (error) {
      if (!isCurrent()) return;
      // A stack of the tree may quote what the page shows: only its kind is logged.
      log.error({ kind: kindOf(error) }, "the workflow broke off");
      outcome = { kind: "failed", code: "INTERNAL" };
    } finally {
      witness?.dispose();
    }
    if (!isCurrent()) return;
    if (outcome.kind === "failed") return this.#fail(outcome.code, outcome.message);
    let extractedData: ExtractedData;
    try {
      // Here, so that what is not to be disclosed never leaves this machine.
      extractedData = applyDisclosure(outcome.extractedData, assignment.disclosure);
    } catch (error) {
      if (!(error instanceof DisclosureError)) throw error;
      return this.#fail("SCHEMA_MISMATCH", error.message);
    }
    stream.setControl(false);
    stream.showChallenge(null);
    this.#state = { name: "extracted", browser, context, stream, sealKey };
    const { failedParts, workflow } = outcome;
    const { browser: product, isolationLevel } = this.#options;
    const { evidence = [], withoutEvidence = [] } = witness ?? {};
    report({
      type: "data.extracted",
      result: { extractedData, failedParts, workflow, browser: product, isolationLevel, evidence, withoutEvidence },
    });
  }

  #createWitness(definition: PlatformDefinition, browser: SlotBrowser, context: BrowserContext): SessionWitness {
    const { assignment, witness, upstreams, gateway, now, log } = this.#options;
    const { platformHash, loginUrl, nonce, disclosure } = assignment;
    return new SessionWitness({
      ...witness,
      definition,
      platformHash,
      loginUrl,
      session: { id: this.id, nonce },
      disclosure,
      context,
      egress: browser.egress,
      keyLog: browser.keyLog,
      endResumption: () => browser.endResumption(),
      hasOwnProxy: hasOwnProxy(upstreams, gateway, definition.name),
      now,
      log,
    });
  }

  async #giveBack(browser: SlotBrowser): Promise<void> {
    this.#egress = browser.egress.report;
    this.#options.log.info({ egress: this.#egress }, "what the session's browser did on the net");
    await this.#options.giveBack(browser);
  }

  /** The browser or its page is gone. After the data is out that changes nothing. */
  #break(): void {
    if (this.#state.name === "extracted") return;
    this.#fail("BROWSER_CRASHED");
  }

  #fail(code: ErrorCode, message: string = errorCodes[code].message): void {
    const state = this.#state;
    if (state.name === "failed" || state.name === "released" || state.name === "extracted") return;
    if (code === "BROWSER_CRASHED" && "browser" in state && state.browser.outOfMemory)
      return this.#fail("BROWSER_OUT_OF_MEMORY");
    this.#state = { name: "failed" };
    this.#options.report({ type: "session.failed", code, message: message.slice(0, 500) });
    this.#options.log.info({ errorCode: code }, "session failed");
    if (state.name === "running") state.tree.abort();
    if (!("browser" in state)) return;
    // Kept a moment longer by nobody: the frame shows the failure by what the API says.
    state.stream.close(viewerCloseCodes.sessionReleased);
    this.#cleaning = this.#giveBack(state.browser);
  }
}
