import { describe, expect, it } from "vitest";
import { reduceFrame, type FrameAction } from "../session/frame-reducer.ts";
import { initialState } from "../session/frame-state.ts";
import type { FrameView } from "@attestream/shared/frame-api";
import { frameEvents } from "./frame-events.ts";

const view: FrameView = {
  sessionId: "7e0f3bb4-0a83-4f2b-9d0e-0c6a0f6fb111",
  version: 1,
  status: "CONNECTED",
  progress: 10,
  partner: { name: "Partner" },
  platform: { name: "demo-bank", displayName: "Demo Bank", icon: null },
  consent: { required: false, given: true, fields: [] },
  queue: null,
  streamable: true,
  expiresAt: "2030-01-01T00:00:00.000Z",
  consentBy: null,
  viewerGraceMs: 120_000,
  handOver: { elsewhere: false, returnable: false, offered: false },
  reason: null,
  locale: null,
  theme: "auto",
};
const received = (patch: Partial<FrameView>): FrameAction => ({ type: "view.received", view: { ...view, ...patch } });

function tell(...actions: FrameAction[]): string[] {
  let state = initialState;
  return actions.flatMap((action) => {
    const before = state;
    state = reduceFrame(before, action);
    return frameEvents(before, state).map(({ type, payload }) =>
      Object.keys(payload).length > 0 ? `${type} ${Object.values(payload).join(" ")}` : type,
    );
  });
}

describe("what the partner's page is told", () => {
  it("is the whole way of a session that goes well", () => {
    const challenge = {
      id: "c",
      kind: "otp",
      instructions: "i",
      expiresAt: "2030-01-01T00:00:00.000Z",
      fields: [],
      canContinue: false,
    } as const;
    expect(
      tell(
        received({}),
        { type: "stream.changed", stream: { link: "connecting" } },
        { type: "stream.changed", stream: { link: "connected" } },
        received({ status: "AWAITING_USER", progress: 40 }),
        { type: "stream.said", message: { type: "challenge", challenge: { ...challenge, fields: [] } } },
        { type: "stream.said", message: { type: "challenge", challenge: null } },
        received({ status: "COLLECTING_DATA", progress: 60 }),
        received({ status: "COMPLETED", progress: 100 }),
      ),
    ).toEqual([
      "opened",
      "status  CONNECTED 10",
      "connection connecting",
      "connection connected",
      "status CONNECTED AWAITING_USER 40",
      "challenge otp 2030-01-01T00:00:00.000Z",
      "challenge.resolved",
      "status AWAITING_USER COLLECTING_DATA 60",
      "login.succeeded",
      "status COLLECTING_DATA COMPLETED 100",
      "finished COMPLETED",
    ]);
  });

  it("has the reason of a failure in it", () => {
    const reason = { code: "ACCOUNT_LOCKED", category: "AUTH", retriable: false, message: "" } as const;
    expect(tell(received({}), received({ status: "ERROR", reason }))).toEqual([
      "opened",
      "status  CONNECTED 10",
      "status CONNECTED ERROR 10",
      "error ACCOUNT_LOCKED AUTH false true",
      "finished ERROR",
    ]);
  });

  it("does not claim a login again after a reload", () => {
    expect(tell(received({ status: "VERIFYING" }))).not.toContain("login.succeeded");
  });
});
