import { describe, expect, it } from "vitest";
import type { FrameView } from "@attestream/shared/frame-api";
import { blankPage, type OpenState } from "./frame-state.ts";
import { loudnessOf, nextEnd, stepOf } from "./next-end.ts";

const inSeconds = (seconds: number) => new Date(seconds * 1000).toISOString();
const view = {
  status: "AWAITING_USER",
  expiresAt: inSeconds(3_600),
  consentBy: null,
  viewerGraceMs: 120_000,
  handOver: { elsewhere: false, returnable: false, offered: false },
} as FrameView;
const state = (change: Partial<OpenState> = {}): OpenState => ({
  phase: "open",
  view,
  feed: "up",
  stream: { link: "connected" },
  quality: "good",
  page: blankPage,
  pending: null,
  failed: null,
  confirmingCancel: false,
  handingOver: false,
  ...change,
});

describe("the next end", () => {
  it("is the first of those that hold now", () => {
    expect(nextEnd(state(), null)).toEqual({ kind: "session", at: 3_600_000 });
    const page = { ...blankPage, deadline: { kind: "idle" as const, at: inSeconds(120) } };
    expect(nextEnd(state({ page }), null)).toEqual({ kind: "idle", at: 120_000 });
    expect(nextEnd(state({ page, view: { ...view, expiresAt: inSeconds(60) } }), null)?.kind).toBe("session");
    expect(nextEnd(state({ view: { ...view, consentBy: inSeconds(600) } }), null)?.kind).toBe("consent");
  });

  it("is that of the browser's patience once the line is broken, not what the worker said before", () => {
    const page = { ...blankPage, deadline: { kind: "idle" as const, at: inSeconds(20) } };
    const broken = state({ page, stream: { link: "reconnecting", attempt: 1 } });
    expect(nextEnd(broken, 10_000)).toEqual({ kind: "grace", at: 130_000 });
  });

  it("is none once the session is over", () => {
    expect(nextEnd(state({ view: { ...view, status: "COMPLETED" } }), null)).toBeNull();
  });
});

it("an end is said quietly first, loudly at last, and to screen readers at steps", () => {
  expect([61, 60, 31, 30, 1].map((left) => loudnessOf("idle", left * 1000))).toEqual([
    null,
    "quiet",
    "quiet",
    "near",
    "near",
  ]);
  expect([400, 300, 121, 120, 60, 31, 30, 10, 0].map(stepOf)).toEqual([null, 300, 300, 120, 60, 60, 30, 10, 10]);
});
