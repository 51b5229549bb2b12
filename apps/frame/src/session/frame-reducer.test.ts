import { describe, expect, it } from "vitest";
import type { FrameView } from "@attestream/shared/frame-api";
import type { Challenge } from "@attestream/shared";
import { currentScreen } from "./current-screen.ts";
import { reduceFrame, type FrameAction } from "./frame-reducer.ts";
import { initialState, type FrameState } from "./frame-state.ts";

const view: FrameView = {
  sessionId: "7e0f3bb4-0a83-4f2b-9d0e-0c6a0f6fb111",
  version: 1,
  status: "CREATED",
  progress: 0,
  partner: { name: "Partner" },
  platform: { name: "demo-bank", displayName: "Demo Bank", icon: null },
  consent: { required: true, given: true, fields: ["Name"] },
  queue: null,
  streamable: false,
  expiresAt: "2030-01-01T00:00:00.000Z",
  consentBy: null,
  viewerGraceMs: 120_000,
  handOver: { elsewhere: false, returnable: false, offered: false },
  reason: null,
  locale: null,
  theme: "auto",
};

const challenge: Challenge = {
  id: "c",
  kind: "login",
  instructions: "Log in",
  expiresAt: "2030-01-01T00:00:00.000Z",
  fields: [],
  canContinue: false,
};

function after(...actions: FrameAction[]): FrameState {
  return actions.reduce(reduceFrame, initialState);
}

const received = (patch: Partial<FrameView> = {}): FrameAction => ({
  type: "view.received",
  view: { ...view, ...patch },
});
const connected: FrameAction = { type: "stream.changed", stream: { link: "connected" } };

describe("the frame's state", () => {
  it("asks for consent before anything of the site is shown, however far the browser is", () => {
    const state = after(
      received({ status: "CONNECTED", streamable: true, consent: { required: true, given: false, fields: [] } }),
      connected,
      { type: "picture.drawn" },
    );
    expect(currentScreen(state)).toEqual({ screen: "consent" });
  });

  it.each([
    [
      { status: "CREATED", queue: { position: 2, estimateMs: null } },
      { screen: "waiting", for: "queue" },
    ],
    [{ status: "CREATED" }, { screen: "waiting", for: "browser" }],
    [{ status: "INITIALIZING" }, { screen: "waiting", for: "browser" }],
    [{ status: "READY" }, { screen: "waiting", for: "stream" }],
    [{ status: "CONNECTED" }, { screen: "waiting", for: "stream" }],
    [{ status: "LOADING_TREE" }, { screen: "waiting", for: "site" }],
    [{ status: "AWAITING_USER" }, { screen: "waiting", for: "site" }],
    [{ status: "COLLECTING_DATA" }, { screen: "collecting" }],
    [{ status: "VERIFYING" }, { screen: "verifying" }],
    [{ status: "COMPLETED" }, { screen: "completed" }],
    [{ status: "PARTIAL_COMPLETE" }, { screen: "partial" }],
    [{ status: "ERROR" }, { screen: "failed" }],
    [{ status: "CANCELLED" }, { screen: "cancelled" }],
    [{ status: "TERMINATED" }, { screen: "ended" }],
  ] as const)("shows for %o the screen %o", (patch, screen) => {
    expect(currentScreen(after(received(patch)))).toEqual(screen);
  });

  it("shows the live page only once a whole picture is drawn", () => {
    const before = after(received({ status: "AWAITING_USER", streamable: true }), connected);
    expect(currentScreen(before).screen).toBe("waiting");
    expect(currentScreen(reduceFrame(before, { type: "picture.drawn" }))).toEqual({ screen: "live" });
  });

  it("tells declining from cancelling", () => {
    const reason = { code: "CONSENT_DECLINED", category: "USER", retriable: true, message: "" } as const;
    expect(currentScreen(after(received({ status: "CANCELLED", reason })))).toEqual({ screen: "declined" });
  });

  it("never leaves a terminal status", () => {
    const done = after(received({ status: "COMPLETED" }));
    expect(reduceFrame(done, received({ status: "RUNNING" }))).toBe(done);
    expect(reduceFrame(done, { type: "refused", refusal: "over" })).toBe(done);
    expect(reduceFrame(done, { type: "cancel.asked" })).toBe(done);
  });

  it("ignores a view that is older than the one it has", () => {
    const newer = after(received({ status: "LOADING_TREE", version: 7 }));
    expect(reduceFrame(newer, received({ status: "CONNECTED", version: 6 }))).toBe(newer);
    expect(currentScreen(reduceFrame(newer, received({ status: "VERIFYING", version: 7 })))).toEqual({
      screen: "verifying",
    });
  });

  it("keeps the last picture while the line is broken, and drops it when the browser is given back", () => {
    const live = after(
      received({ status: "AWAITING_USER", streamable: true }),
      connected,
      { type: "picture.drawn" },
      { type: "stream.said", message: { type: "challenge", challenge } },
    );
    const broken = reduceFrame(live, { type: "stream.changed", stream: { link: "reconnecting", attempt: 1 } });
    expect(currentScreen(broken)).toEqual({ screen: "live" });
    const released = reduceFrame(live, { type: "stream.changed", stream: { link: "idle" } });
    expect(released.phase === "open" && released.page.challenge).toBeNull();
    expect(currentScreen(released).screen).toBe("waiting");
  });

  it("says that another window took over, and comes back when the user wants it", () => {
    const taken = after(received({ status: "AWAITING_USER" }), {
      type: "stream.changed",
      stream: { link: "replaced" },
    });
    expect(currentScreen(taken)).toEqual({ screen: "refused", refusal: "held" });
    expect(currentScreen(reduceFrame(taken, { type: "stream.changed", stream: { link: "connecting" } })).screen).toBe(
      "waiting",
    );
  });

  it("closes the cancel dialog when the session ends under it", () => {
    const state = after(received({ status: "RUNNING" }), { type: "cancel.asked" }, received({ status: "ERROR" }));
    expect(state.phase === "open" && state.confirmingCancel).toBe(false);
  });

  it("remembers a request that failed until the next one", () => {
    const failed = after(
      received(),
      { type: "request.sent", request: "agree" },
      { type: "request.failed", request: "agree" },
    );
    expect(failed).toMatchObject({ pending: null, failed: "agree" });
    expect(reduceFrame(failed, { type: "request.sent", request: "agree" })).toMatchObject({
      pending: "agree",
      failed: null,
    });
  });

  it("does nothing more once the partner has closed it", () => {
    const closed = after(received({ status: "RUNNING" }), { type: "closed" });
    expect(closed).toEqual({ phase: "closed", lastStatus: "RUNNING" });
    expect(reduceFrame(closed, received())).toBe(closed);
  });
});
