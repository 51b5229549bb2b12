import { isTerminal } from "@attestream/shared";
import type { FrameView } from "@attestream/shared/frame-api";
import type { FrameState, Refusal } from "./frame-state.ts";

export type WaitingFor = "queue" | "browser" | "stream" | "site";

/** What is on the glass now. One screen per state; the live page is one of them. */
export type Screen =
  | { screen: "opening"; trouble: "none" | "unreachable" | "busy" }
  | { screen: "refused"; refusal: Refusal }
  | { screen: "arriving" }
  | { screen: "elsewhere" }
  | { screen: "consent" }
  | { screen: "waiting"; for: WaitingFor }
  | { screen: "live" }
  | { screen: "collecting" }
  | { screen: "verifying" }
  | { screen: "completed" }
  | { screen: "partial" }
  | { screen: "failed" }
  | { screen: "cancelled" }
  | { screen: "declined" }
  | { screen: "ended" }
  | { screen: "closed" };

export function currentScreen(state: FrameState): Screen {
  switch (state.phase) {
    case "opening":
      return { screen: "opening", trouble: state.trouble };
    case "refused":
      return { screen: "refused", refusal: state.refusal };
    case "arriving":
      return { screen: "arriving" };
    case "closed":
      return { screen: "closed" };
    case "open":
      if (state.view.handOver.elsewhere && !isTerminal(state.view.status)) return { screen: "elsewhere" };
      if (state.stream.link === "replaced" && isBrowsing(state.view)) return { screen: "refused", refusal: "held" };
      // The veil over the live page says what is wrong and lets the user try again.
      return screenOfView(state.view, state.page.picture || state.stream.link === "broken");
  }
}

/** True while the user has, or is about to have, the site before them. */
export function isBrowsing(view: FrameView): boolean {
  return view.status === "LOADING_TREE" || view.status === "RUNNING" || view.status === "AWAITING_USER";
}

function screenOfView(view: FrameView, picture: boolean): Screen {
  switch (view.status) {
    case "COMPLETED":
      return { screen: "completed" };
    case "PARTIAL_COMPLETE":
      return { screen: "partial" };
    case "ERROR":
      return { screen: "failed" };
    case "CANCELLED":
      return { screen: view.reason?.code === "CONSENT_DECLINED" ? "declined" : "cancelled" };
    case "TERMINATED":
      return { screen: "ended" };
    case "COLLECTING_DATA":
      return { screen: "collecting" };
    case "VERIFYING":
      return { screen: "verifying" };
    default:
  }
  if (view.consent.required && !view.consent.given) return { screen: "consent" };
  switch (view.status) {
    case "CREATED":
      return { screen: "waiting", for: view.queue ? "queue" : "browser" };
    case "INITIALIZING":
      return { screen: "waiting", for: "browser" };
    case "READY":
    case "CONNECTED":
      return { screen: "waiting", for: "stream" };
    case "LOADING_TREE":
      return { screen: "waiting", for: "site" };
    case "RUNNING":
    case "AWAITING_USER":
      return picture ? { screen: "live" } : { screen: "waiting", for: "site" };
  }
}
