import type { Challenge } from "@attestream/shared";
import {
  isDeliberate,
  viewerCloseCodes,
  viewerProtocolVersion,
  type FocusedField,
  type ServerMessage,
  type ViewerMessage,
} from "@attestream/shared/viewer-protocol";
import type { ChallengeReply } from "@attestream/workflow";
import type { RunDeadline } from "@attestream/workflow";
import type { BrowserContext, Page } from "playwright";
import type { Logger } from "pino";
import { kindOf } from "../kind-of.ts";
import { AriaMirror } from "./aria-mirror.ts";
import type { FrameEncoder } from "./frame-encoder.ts";
import { hostOf } from "./host-of.ts";
import { InputDispatcher, isInput } from "./input-dispatcher.ts";
import { applyPageSize, isSameSize, pageSizeFor, type PageSize } from "./page-metrics.ts";
import { PageQuestions } from "./page-questions.ts";
import { PageStack } from "./page-stack.ts";
import { createPageView, type PageView, type PageViewChange } from "./page-view.ts";
import { Screencast } from "./screencast.ts";
import { toPacketRectangle } from "./view-geometry.ts";
import type { ViewerConnection } from "./viewer-connection.ts";

export interface SessionStreamOptions {
  context: BrowserContext;
  page: Page;
  /** Of the first page, at first. */
  size: { width: number; height: number };
  /** Of this stream alone; disposed of with it. */
  encoder: FrameEncoder;
  onViewer: (event: "viewer.connected" | "viewer.disconnected") => void;
  onBroken: () => void;
  log: Logger;
}

/** Sent by the frame whether anybody sits before it or not. */
const unattended: ReadonlySet<ViewerMessage["type"]> = new Set(["ack", "keyframe", "ping", "resize", "ariaWatch"]);

/**
 * The live view of one session: the current page out to the one viewer, that viewer's input in. Keeps
 * what a viewer must know when it comes back: challenge, control, place. Runs no workflow.
 */
export class SessionStream {
  readonly #options: SessionStreamOptions;
  readonly #pages: PageStack;
  readonly #views = new WeakMap<Page, Promise<PageView>>();
  readonly #screencast: Screencast;
  readonly #input: InputDispatcher;
  readonly #questions: PageQuestions;
  readonly #aria: AriaMirror;
  readonly #presenceListeners = new Set<() => void>();
  readonly #replyListeners = new Set<(reply: ChallengeReply) => void>();
  #currentView: PageView | null = null;
  #viewer: ViewerConnection | null = null;
  #size: PageSize;
  /** What a page was laid out in by us. */
  readonly #sizes = new WeakMap<PageView, PageSize>();
  #challenge: Challenge | null = null;
  #deadline: RunDeadline | null = null;
  #control = false;
  #taken = 0;
  /** Of the last viewer: one with a lower turn has lost the session for ever. */
  #turn = 0;
  #closed = false;

  constructor(options: SessionStreamOptions) {
    this.#options = options;
    this.#size = { ...options.size, scale: 1 };
    this.#screencast = new Screencast({
      encoder: options.encoder,
      send: (packet) => {
        this.#viewer?.sendPacket(packet);
        this.#aria.noteChange();
      },
      magnification: () => this.magnification,
      onGeometry: () => this.#sendFocus(),
      now: () => performance.now(),
      log: options.log,
    });
    this.#input = new InputDispatcher(() => {
      const geometry = this.#screencast.geometry;
      return this.#currentView && geometry ? { client: this.#currentView.client, geometry } : null;
    });
    this.#aria = new AriaMirror({
      target: () => this.#currentView && { client: this.#currentView.client, magnification: this.magnification },
      send: (message) => this.#send(message),
      now: () => performance.now(),
      log: options.log,
    });
    this.#questions = new PageQuestions({
      send: (message) => this.#send(message),
      // While the tree acts nobody expects a question, and a page that waits for an answer would hold it up.
      canAsk: () => this.#viewer !== null && this.#control,
    });
    this.#pages = new PageStack(options.context, options.page, {
      onPage: (page) => this.#questions.watch(page),
      onCurrent: (page) => void this.#follow(page),
      onEmpty: options.onBroken,
      onCrash: options.onBroken,
    });
  }

  /** Resolves when the first page can be shown. */
  async open(): Promise<void> {
    await this.#follow(this.#pages.current);
  }

  get currentPage(): Page {
    return this.#pages.current;
  }

  get magnification(): number {
    return this.#size.scale;
  }

  get viewerId(): string | null {
    return this.#viewer?.viewerId ?? null;
  }

  /** False for another viewer than the present one, unless the session was handed over to it; and for the one before, for ever. */
  admits({ viewerId, turn }: { viewerId: string; turn: number }): boolean {
    if (turn < this.#turn) return false;
    return this.#viewer === null || this.#viewer.viewerId === viewerId || turn > this.#viewer.turn;
  }

  /** An older connection is closed, of the same viewer or of the one before; the caller has refused any other. */
  attach(viewer: ViewerConnection): void {
    const previous = this.#viewer;
    this.#viewer = viewer;
    this.#turn = viewer.turn;
    this.#aria.watch(false);
    if (previous)
      previous.close(previous.viewerId === viewer.viewerId ? viewerCloseCodes.replaced : viewerCloseCodes.handedOver);
    else this.#options.onViewer("viewer.connected");
    viewer.listen({ onMessage: (message) => this.#receive(viewer, message), onClose: () => this.#detach(viewer) });
    viewer.send({
      type: "hello",
      protocol: viewerProtocolVersion,
      width: this.#size.width,
      height: this.#size.height,
      taken: this.#taken,
    });
    viewer.send({ type: "challenge", challenge: this.#challenge });
    viewer.send({ type: "control", enabled: this.#control });
    this.#sendDeadline();
    this.#sendPlace();
    this.#questions.tell();
    void this.#screencast.start();
  }

  showChallenge(challenge: Challenge | null): void {
    this.#challenge = challenge;
    this.#send({ type: "challenge", challenge });
  }

  setControl(enabled: boolean): void {
    if (this.#control && !enabled) {
      this.#input.releaseAll();
      this.#questions.withdraw();
    }
    this.#control = enabled;
    this.#send({ type: "control", enabled });
  }

  showDeadline(deadline: RunDeadline | null): void {
    this.#deadline = deadline;
    this.#sendDeadline();
  }

  onPresence(listener: () => void): () => void {
    this.#presenceListeners.add(listener);
    return () => this.#presenceListeners.delete(listener);
  }

  onChallengeReply(listener: (reply: ChallengeReply) => void): () => void {
    this.#replyListeners.add(listener);
    return () => this.#replyListeners.delete(listener);
  }

  /** A window that the page opened led to where it may not: its host is all that the user learns of it. */
  refusePopup(page: Page, host: string): void {
    void page.close().catch(() => {});
    this.#send({ type: "popupRefused", host });
  }

  close(code: number): void {
    this.#closed = true;
    this.#replyListeners.clear();
    this.#presenceListeners.clear();
    this.#questions.withdraw();
    this.#aria.watch(false);
    void this.#screencast.stop();
    this.#options.encoder.dispose();
    this.#viewer?.close(code);
  }

  #detach(viewer: ViewerConnection): void {
    if (this.#viewer !== viewer) return;
    this.#viewer = null;
    this.#aria.watch(false);
    this.#input.releaseAll();
    void this.#screencast.stop();
    this.#options.onViewer("viewer.disconnected");
  }

  #receive(viewer: ViewerConnection, message: ViewerMessage): void {
    if (this.#viewer !== viewer || this.#closed) return;
    if (!unattended.has(message.type)) for (const listener of this.#presenceListeners) listener();
    if (isDeliberate(message)) this.#taken += 1;
    if (isInput(message)) {
      this.#screencast.noteInput();
      if (this.#control) this.#input.dispatch(message);
      return;
    }
    switch (message.type) {
      case "ack":
        return this.#screencast.acknowledge(message.seq);
      case "keyframe":
        return void this.#screencast.refresh();
      case "stay":
        return;
      case "ariaWatch":
        return this.#aria.watch(message.on);
      case "ariaAct":
        this.#screencast.noteInput();
        return void (this.#control && this.#aria.act(message));
      case "ping":
        return viewer.send({ type: "pong", id: message.id });
      case "resize":
        return void this.#resize(message);
      case "challengeReply": {
        const { challengeId, choice } = message;
        return this.#reply(choice === undefined ? { challengeId } : { challengeId, choice });
      }
      case "formReply": {
        this.#screencast.noteInput();
        const { challengeId, values } = message;
        return this.#reply({ challengeId, values });
      }
      case "popupClose":
        return this.#closePopup();
      case "dialogReply":
      case "selectReply":
      case "pickerReply":
      case "fileReply":
      case "filePart":
      case "authReply":
        return this.#questions.answer(message);
    }
  }

  #reply(reply: ChallengeReply): void {
    if (!this.#control) return;
    for (const listener of this.#replyListeners) listener(reply);
  }

  async #resize(wanted: Parameters<typeof pageSizeFor>[0]): Promise<void> {
    const size = pageSizeFor(wanted);
    if (isSameSize(size, this.#size)) return;
    this.#size = size;
    if (this.#currentView) await this.#fit(this.#currentView).catch(() => {});
    await this.#screencast.refresh();
  }

  async #fit(view: PageView): Promise<void> {
    const size = this.#size;
    // Windows come in the size that their page asked for.
    const first = view.page === this.#pages.first ? { ...this.#options.size, scale: 1 } : null;
    const before = this.#sizes.get(view) ?? first;
    if (before !== null && isSameSize(before, size)) return;
    this.#sizes.set(view, size);
    await applyPageSize(view.client, size);
    // A capture that begins before the page shows its new size never rests: the browser asks 50 times a second for more.
    await view.drawn();
  }

  async #follow(page: Page): Promise<void> {
    try {
      const view = await this.#viewOf(page);
      if (this.#closed || this.#pages.current !== page) return;
      this.#currentView = view;
      // First, since what lies in the background is not drawn.
      await page.bringToFront();
      await this.#fit(view);
      await this.#screencast.show(view.client);
      // Told last: a viewer that hears it may click at once, and a page in the background hears no clicks.
      if (this.#currentView === view) this.#sendPlace();
    } catch (error) {
      // A window that closes as fast as it opened: what is below is followed by its own event.
      if (!page.isClosed()) this.#options.log.warn({ kind: kindOf(error) }, "a page could not be shown");
    }
  }

  #viewOf(page: Page): Promise<PageView> {
    const known = this.#views.get(page);
    if (known) return known;
    const view = createPageView(page, {
      onChange: (changed, change) => {
        if (this.#currentView !== changed) return;
        this.#relay[change]();
        if (change !== "cursor") this.#aria.noteChange();
      },
      onWidget: (place, hint) => this.#questions.askWidget(place, hint),
      onCopied: (copied, text) => {
        if (this.#control && this.#currentView === copied) this.#send({ type: "copied", text });
      },
      onPlaceGone: (place) => this.#questions.placeGone(place),
    });
    this.#views.set(page, view);
    return view;
  }

  readonly #relay = {
    focus: () => this.#sendFocus(),
    cursor: () => this.#sendCursor(),
    loading: () => this.#sendLocation(),
  } satisfies Record<PageViewChange, () => void>;

  /** All that the current page has said of itself. */
  #sendPlace(): void {
    this.#sendCursor();
    this.#sendLocation();
    this.#sendFocus();
    this.#sendPopup();
  }

  #sendDeadline(): void {
    const deadline = this.#deadline;
    this.#send({
      type: "expiring",
      deadline: deadline && { kind: deadline.kind, at: deadline.at.toISOString() },
    });
  }

  #sendCursor(): void {
    this.#send({ type: "cursor", cursor: this.#currentView?.cursor ?? "default" });
  }

  #sendFocus(): void {
    const field = this.#currentView?.focus ?? null;
    const geometry = this.#screencast.geometry;
    this.#send({
      type: "focus",
      field: field && geometry ? { ...field, ...toPacketRectangle(geometry, this.#magnified(field)) } : field,
    });
  }

  #magnified({ x, y, width, height }: FocusedField): { x: number; y: number; width: number; height: number } {
    const { scale } = this.#size;
    return { x: x * scale, y: y * scale, width: width * scale, height: height * scale };
  }

  #sendPopup(): void {
    const { below } = this.#pages;
    this.#send({ type: "popup", popup: below ? { belowHost: hostOf(below.url()) } : null });
  }

  /** The page is not asked: it might say no, for ever. */
  #closePopup(): void {
    if (this.#control && this.#pages.below) void this.currentPage.close().catch(() => {});
  }

  #sendLocation(): void {
    const url = this.#currentView?.page.url() ?? "";
    this.#send({
      type: "location",
      host: hostOf(url),
      secure: url.startsWith("https:"),
      loading: this.#currentView?.loading ?? false,
    });
  }

  #send(message: ServerMessage): void {
    this.#viewer?.send(message);
  }
}
