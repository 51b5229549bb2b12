import { isTerminal } from "@attestream/shared";
import type { FrameOpening, FrameView, HandOver } from "@attestream/shared/frame-api";
import type { Backoff } from "./backoff.ts";
import { FrameApiError, type FrameApi } from "./frame-api-client.ts";
import { reduceFrame, type FrameAction } from "./frame-reducer.ts";
import { initialState, type FrameState, type Pending } from "./frame-state.ts";
import { refusalOf } from "./refusal.ts";
import type { ResumeSecret } from "./resume-secret.ts";
import { wait } from "./wait.ts";

export interface StreamControl {
  start(): void;
  stop(): void;
}

export interface FrameSessionOptions {
  api: FrameApi;
  secret: ResumeSecret;
  /** The embed token of the address, if it has one. */
  token: string | null;
  /** That of a hand-over from another device. */
  handOverToken: string | null;
  /** Takes the token out of the address: it is of no more use. */
  forgetToken(): void;
  backoff: Backoff;
  /** Fires `online` and `offline`, and `wake` when the page was asleep. */
  network: EventTarget;
  stream: StreamControl;
}

/** A line that died in silence looks like one with no news: after this long it is opened anew. */
const longestSilenceMs = 75_000;

/** The session as seen by this page: opens it, follows it, sends the user's decisions. Holds the one state of the page. */
export class FrameSession {
  readonly #options: FrameSessionOptions;
  readonly #listeners = new Set<(state: FrameState, before: FrameState) => void>();
  readonly #life = new AbortController();
  #state: FrameState = initialState;
  #following = false;

  constructor(options: FrameSessionOptions) {
    this.#options = options;
  }

  get state(): FrameState {
    return this.#state;
  }

  subscribe(listener: (state: FrameState, before: FrameState) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  dispatch(action: FrameAction): void {
    const before = this.#state;
    const after = reduceFrame(before, action);
    if (after === before) return;
    this.#state = after;
    for (const listener of this.#listeners) listener(after, before);
    // Last, because the stream may answer with actions of its own.
    this.#steerStream(after, action);
  }

  /** Exchanges the token, or resumes; keeps trying while the API cannot be reached. */
  async start(): Promise<void> {
    const { signal } = this.#life;
    for (let attempt = 1; !signal.aborted; attempt += 1) {
      try {
        const opening = await this.#open(signal);
        // It was handed on from here before, and comes back by a new link.
        if (opening.view.handOver.elsewhere && this.#options.handOverToken !== null)
          return this.dispatch({ type: "arrival.changed", busy: false, failed: false });
        this.#enter(opening);
        return;
      } catch (error) {
        if (signal.aborted) return;
        const code = codeOf(error);
        const refusal = refusalOf(code);
        if (refusal && this.#options.handOverToken !== null)
          return this.dispatch({ type: "arrival.changed", busy: false, failed: false });
        if (refusal) {
          this.dispatch({
            type: "refused",
            refusal: this.#options.token === null && refusal === "holdLost" ? "cookiesAndLinkMissing" : refusal,
          });
          return;
        }
        this.dispatch({ type: "opening.failed", trouble: code === "unreachable" ? "unreachable" : "busy" });
        await wait(this.#options.backoff(attempt), signal, this.#options.network);
      }
    }
  }

  /** The user wants to go on here with what another device has handed over. */
  async arrive(): Promise<void> {
    const { api, handOverToken } = this.#options;
    if (this.#state.phase !== "arriving" || this.#state.busy || handOverToken === null) return;
    this.dispatch({ type: "arrival.changed", busy: true, failed: false });
    try {
      this.#enter(await api.takeOver(handOverToken, this.#life.signal));
    } catch (error) {
      const refusal = refusalOf(codeOf(error));
      this.dispatch(refusal ? { type: "refused", refusal } : { type: "arrival.changed", busy: false, failed: true });
    }
  }

  /** Null when the API did not answer as it should. */
  async handOver(to: "another" | "previous"): Promise<HandOver | null> {
    try {
      return await this.#options.api.handOver(to, this.#life.signal);
    } catch {
      return null;
    }
  }

  takeBack(): Promise<void> {
    return this.#ask("takeBack", async (signal) => (await this.#options.api.takeOver(null, signal)).view);
  }

  consent(accepted: boolean): Promise<void> {
    return this.#ask(accepted ? "agree" : "decline", (signal) => this.#options.api.consent(accepted, signal));
  }

  cancel(): Promise<void> {
    return this.#ask("cancel", (signal) => this.#options.api.cancel(signal));
  }

  close(): void {
    this.#life.abort();
    this.dispatch({ type: "closed" });
    this.#options.stream.stop();
  }

  #enter(opening: FrameOpening): void {
    this.#options.secret.write(opening.resumeSecret);
    this.#options.forgetToken();
    this.dispatch({ type: "view.received", view: opening.view });
    void this.#follow();
  }

  /** A link that was used already may have been used by this very tab: then its cookie or secret opens the session. */
  async #open(signal: AbortSignal): ReturnType<FrameApi["resume"]> {
    const { api, token } = this.#options;
    if (token === null) return api.resume(signal);
    try {
      return await api.exchange(token, signal);
    } catch (error) {
      if (!(error instanceof FrameApiError) || refusalOf(error.code) === null) throw error;
      try {
        return await api.resume(signal);
      } catch {
        throw error;
      }
    }
  }

  async #follow(): Promise<void> {
    if (this.#following) return;
    this.#following = true;
    const { api, backoff, network } = this.#options;
    const life = this.#life.signal;
    for (let failures = 0; !life.aborted && !this.#over();) {
      const feed = new AbortController();
      const drop = () => feed.abort();
      let silent = false;
      const giveUp = () => {
        silent = true;
        feed.abort();
      };
      let silence: ReturnType<typeof setTimeout>;
      const alive = () => {
        clearTimeout(silence);
        silence = setTimeout(giveUp, longestSilenceMs);
      };
      alive();
      life.addEventListener("abort", drop);
      network.addEventListener("offline", drop);
      // The silence is measured by a timer that slept too.
      network.addEventListener("wake", giveUp);
      try {
        for await (const view of api.events(feed.signal, alive)) {
          failures = 0;
          this.dispatch({ type: "view.received", view });
          if (this.#over()) break;
        }
      } catch (error) {
        const refusal = error instanceof FrameApiError ? refusalOf(error.code) : null;
        if (refusal) {
          this.dispatch({ type: "refused", refusal });
          break;
        }
        if (!silent) this.dispatch({ type: "feed.changed", feed: "down" });
      } finally {
        clearTimeout(silence!);
        life.removeEventListener("abort", drop);
        network.removeEventListener("offline", drop);
        network.removeEventListener("wake", giveUp);
      }
      if (life.aborted || this.#over()) break;
      if (silent) continue;
      failures += 1;
      await wait(backoff(failures), life, network);
    }
    this.#following = false;
  }

  async #ask(request: Pending, send: (signal: AbortSignal) => Promise<FrameView>): Promise<void> {
    if (this.#state.phase !== "open" || this.#state.pending) return;
    this.dispatch({ type: "request.sent", request });
    try {
      const view = await send(this.#life.signal);
      this.dispatch({ type: "view.received", view });
      this.dispatch({ type: "request.answered" });
    } catch {
      this.dispatch({ type: "request.failed", request });
    }
  }

  #over(): boolean {
    return this.#state.phase !== "open" || isTerminal(this.#state.view.status);
  }

  /** A browser is there: connect, so that the session becomes CONNECTED even before consent. It is gone: stop. */
  #steerStream(state: FrameState, action: FrameAction): void {
    const { stream } = this.#options;
    if (state.phase !== "open" || isTerminal(state.view.status)) stream.stop();
    else if (action.type !== "view.received") return;
    else if (!state.view.streamable || state.view.handOver.elsewhere) stream.stop();
    else if (state.stream.link !== "replaced" && state.stream.link !== "broken") stream.start();
  }
}

function codeOf(error: unknown): string {
  return error instanceof FrameApiError ? error.code : "unreadable";
}
