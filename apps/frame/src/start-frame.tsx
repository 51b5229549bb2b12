import { render } from "preact";
import type { ViewerMessage } from "@attestream/shared/viewer-protocol";
import { App } from "./app.tsx";
import { EmbedBridge } from "./embed/embed-bridge.ts";
import { watchDeadlines } from "./embed/deadlines.ts";
import { frameEvents } from "./embed/frame-events.ts";
import { messagesFor } from "./messages.ts";
import type { FrameContext } from "./parts/frame-context.ts";
import { createBackoff } from "./session/backoff.ts";
import { createFrameApi } from "./session/frame-api-client.ts";
import { createFormChoice } from "./session/form-choice.ts";
import { FrameSession } from "./session/frame-session.ts";
import { createResumeSecret } from "./session/resume-secret.ts";
import { createCopiedText } from "./stream/copied-text.ts";
import { createInputLedger } from "./stream/input-ledger.ts";
import { Picture } from "./stream/picture.ts";
import { pageSize, type PageSize } from "./stream/page-size.ts";
import { StreamConnection } from "./stream/stream-connection.ts";
import { watchWake } from "./stream/watch-wake.ts";

/**
 * What stands around the live page, CSS pixels: its size before it has ever been measured. Where it is right, the
 * page need not be laid out again once it shows. Narrow as in live.css.
 */
const guessedChrome = {
  wide: { width: 42, height: 254 },
  narrow: { width: 0, height: 194 },
  widestNarrow: 560,
} as const;
/**
 * Height that the partner's page is asked for, CSS pixels: one for all states, so that nothing jumps, and
 * never more than a phone shows at once, or "your turn" would be out of sight.
 */
const usualHeight = 720;
const leastHeight = 600;
const partnersShare = 100;

/** Wires the page: the one place that knows the window. */
export function startFrame(window: Window & typeof globalThis): void {
  const { document, location, history, crypto } = window;
  const root = document.getElementById("frame");
  if (!root) throw new Error("the page has no #frame element");
  const sessionId = location.pathname.split("/").filter(Boolean).at(-1) ?? "";
  const query = new URLSearchParams(location.search);
  const embedded = window.parent !== window;
  const secret = createResumeSecret(sessionId, () => window.sessionStorage);
  const api = createFrameApi({
    base: `/verify/${encodeURIComponent(sessionId)}`,
    fetch: window.fetch.bind(window),
    secret,
    now: Date.now,
  });
  const backoff = createBackoff(Math.random);
  const network = relayNetwork(window);

  let stage: PageSize | null = null;
  const greeting = (): ViewerMessage[] => {
    const { innerWidth, innerHeight, devicePixelRatio } = window;
    const chrome = innerWidth <= guessedChrome.widestNarrow ? guessedChrome.narrow : guessedChrome.wide;
    const guess = { width: innerWidth - chrome.width, height: innerHeight - chrome.height };
    const size = stage ?? pageSize(guess, devicePixelRatio);
    return size ? [{ type: "resize", ...size }] : [];
  };

  const picture = new Picture(document.createElement("canvas"), () => session.dispatch({ type: "picture.drawn" }));
  const ledger = createInputLedger();
  const copied = createCopiedText({
    write: (text) => window.navigator.clipboard.writeText(text),
    now: () => window.performance.now(),
    onRefused: (text) => session.dispatch({ type: "copied.offered", text }),
  });
  const stream = new StreamConnection({
    sessionId,
    ticket: (signal) => api.streamTicket(signal),
    workerKeys: (signal) => api.workerKeys(signal),
    openSocket: (url, protocols) => new window.WebSocket(url, protocols),
    picture,
    backoff,
    network,
    greeting,
    now: () => window.performance.now(),
    onQuality: (quality) => session.dispatch({ type: "link.measured", quality }),
    onLink: (link) => session.dispatch({ type: "stream.changed", stream: link }),
    onMessage(message) {
      if (message.type === "copied") return copied.take(message.text);
      session.dispatch({ type: "stream.said", message });
      const lost = message.type === "hello" ? ledger.settle(message.taken) : 0;
      if (lost > 0) session.dispatch({ type: "input.lost", count: lost });
    },
    onRefused: () => session.dispatch({ type: "refused", refusal: "holdLost" }),
  });
  const session: FrameSession = new FrameSession({
    api,
    secret,
    token: query.get("token"),
    // In a window of its own only: a page around it could lead the hand that presses the button.
    handOverToken: embedded ? null : query.get("handover"),
    forgetToken: () => history.replaceState(null, "", location.pathname),
    backoff,
    network,
    stream,
  });

  let chosen: { locale?: string | undefined; theme?: string | undefined } = {};
  const bridge = new EmbedBridge({
    window,
    sessionId,
    now: Date.now,
    newId: () => crypto.randomUUID(),
    onInit: (init) => {
      chosen = init;
      draw();
    },
    onFocus: () =>
      (
        document.querySelector<HTMLElement>(".turn-form input, .keyboard-target") ??
        document.querySelector<HTMLElement>("h1")
      )?.focus(),
    onClose: () => {
      const lastStatus = session.state.phase === "open" ? session.state.view.status : null;
      session.close();
      bridge.send({ type: "closed", payload: { reason: "partner", lastStatus } });
    },
  });

  const closeByUser = () => {
    const lastStatus = session.state.phase === "open" ? session.state.view.status : null;
    const finished =
      lastStatus === "COMPLETED" ||
      lastStatus === "PARTIAL_COMPLETE" ||
      lastStatus === "ERROR" ||
      lastStatus === "TERMINATED";
    session.close();
    bridge.send({ type: "closed", payload: { reason: finished ? "finished" : "user", lastStatus } });
  };

  const now = () => Date.now() + api.clockSkewMs();
  const steady: Omit<FrameContext, "messages" | "locale" | "close"> = {
    session,
    picture,
    send(message) {
      copied.noteSent(message);
      if (stream.send(message)) ledger.noteSent(message);
    },
    stageResized: (size) => {
      stage = size;
      stream.send({ type: "resize", ...size });
    },
    formChoice: createFormChoice(sessionId, () => window.sessionStorage),
    hurry: () => network.dispatchEvent(new Event("online")),
    takeOver: () => stream.start(),
    now,
  };

  function draw(): void {
    const view = session.state.phase === "open" ? session.state.view : null;
    const { messages, locale } = messagesFor(chosen.locale ?? view?.locale ?? window.navigator.language);
    document.documentElement.lang = locale;
    document.documentElement.dataset["theme"] = chosen.theme ?? view?.theme ?? "auto";
    const frame: FrameContext = { ...steady, messages, locale, close: bridge.connected ? closeByUser : null };
    if (root) render(<App frame={frame} />, root);
  }

  function askForHeight(): void {
    const phone = window.matchMedia("(pointer: coarse)").matches;
    const room = Math.max(leastHeight, window.screen.availHeight - partnersShare);
    const height = phone ? Math.min(usualHeight, room) : usualHeight;
    bridge.send({ type: "resize", payload: { height } });
  }

  let themed = "";
  session.subscribe((state, before) => {
    for (const event of frameEvents(before, state)) bridge.send(event);
    const look = state.phase === "open" ? `${state.view.theme} ${state.view.locale}` : "";
    if (look !== themed) {
      themed = look;
      draw();
    }
  });
  // What the display forgot while it was off, nobody would send again by themselves.
  picture.canvas.addEventListener("contextrestored", () => {
    picture.expectKey();
    stream.send({ type: "keyframe" });
  });
  watchWake(window, Date.now, () => {
    network.dispatchEvent(new Event("online"));
    network.dispatchEvent(new Event("wake"));
    stream.wake();
  });
  watchDeadlines(session, now, (event) => bridge.send(event));

  draw();
  askForHeight();
  window.screen.orientation?.addEventListener("change", askForHeight);
  if (!window.isSecureContext || !("subtle" in crypto)) session.dispatch({ type: "refused", refusal: "insecure" });
  else void session.start();
}

/** The window's own `online` and `offline`, and ours when the user presses "try now". */
function relayNetwork(window: Window): EventTarget {
  const network = new EventTarget();
  for (const type of ["online", "offline"]) window.addEventListener(type, () => network.dispatchEvent(new Event(type)));
  return network;
}
