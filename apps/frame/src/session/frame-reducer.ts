import type { FrameView } from "@attestream/shared/frame-api";
import type { ServerMessage } from "@attestream/shared/viewer-protocol";
import { isTerminal } from "@attestream/shared";
import type { LinkQuality } from "../stream/link-quality.ts";
import {
  blankPage,
  type FrameState,
  type LivePage,
  type OpenState,
  type Pending,
  type Refusal,
  type StreamLink,
} from "./frame-state.ts";

export type FrameAction =
  | { type: "opening.failed"; trouble: "unreachable" | "busy" }
  | { type: "refused"; refusal: Refusal }
  | { type: "view.received"; view: FrameView }
  | { type: "feed.changed"; feed: "up" | "down" }
  | { type: "stream.changed"; stream: StreamLink }
  | { type: "stream.said"; message: ServerMessage }
  | { type: "picture.drawn" }
  | { type: "link.measured"; quality: LinkQuality }
  | { type: "request.sent"; request: Pending }
  | { type: "request.answered" }
  | { type: "request.failed"; request: Pending }
  | { type: "arrival.changed"; busy: boolean; failed: boolean }
  | { type: "handOver.asked" }
  | { type: "handOver.dismissed" }
  | { type: "cancel.asked" }
  | { type: "cancel.dismissed" }
  | { type: "refusedPopup.dismissed" }
  | { type: "copied.offered"; text: string }
  | { type: "copied.dismissed" }
  | { type: "input.lost"; count: number }
  | { type: "closed" };

/** The frame's whole behaviour as data: no I/O, no clock. Actions that make no sense in a phase change nothing. */
export function reduceFrame(state: FrameState, action: FrameAction): FrameState {
  if (state.phase === "closed") return state;
  switch (action.type) {
    case "closed":
      return { phase: "closed", lastStatus: state.phase === "open" ? state.view.status : null };
    case "refused":
      return state.phase === "open" && isTerminal(state.view.status)
        ? state
        : { phase: "refused", refusal: action.refusal };
    case "view.received":
      return state.phase === "refused" ? state : receiveView(state, action.view);
    case "arrival.changed":
      return state.phase === "opening" || state.phase === "arriving"
        ? { phase: "arriving", busy: action.busy, failed: action.failed }
        : state;
    case "opening.failed":
      return state.phase === "opening" ? { phase: "opening", trouble: action.trouble } : state;
    case "feed.changed":
    case "stream.changed":
    case "stream.said":
    case "picture.drawn":
    case "link.measured":
    case "request.sent":
    case "request.answered":
    case "request.failed":
    case "cancel.asked":
    case "handOver.asked":
    case "handOver.dismissed":
    case "cancel.dismissed":
    case "refusedPopup.dismissed":
    case "copied.offered":
    case "copied.dismissed":
    case "input.lost":
      return state.phase === "open" ? reduceOpen(state, action) : state;
  }
}

function receiveView(state: FrameState, view: FrameView): FrameState {
  if (state.phase !== "open") {
    return {
      phase: "open",
      view,
      feed: "up",
      stream: { link: "idle" },
      quality: "good",
      page: blankPage,
      pending: null,
      failed: null,
      confirmingCancel: false,
      handingOver: false,
    };
  }
  if (isTerminal(state.view.status) || view.version < state.view.version) return state;
  const over = isTerminal(view.status);
  return {
    ...state,
    view,
    feed: "up",
    confirmingCancel: state.confirmingCancel && !over,
    handingOver: state.handingOver && !over && !view.handOver.elsewhere,
    page: over ? blankPage : state.page,
  };
}

type OpenAction = Extract<
  FrameAction,
  {
    type:
      | "feed.changed"
      | "stream.changed"
      | "stream.said"
      | "picture.drawn"
      | "link.measured"
      | "request.sent"
      | "request.answered"
      | "request.failed"
      | "cancel.asked"
      | "handOver.asked"
      | "handOver.dismissed"
      | "cancel.dismissed"
      | "refusedPopup.dismissed"
      | "copied.offered"
      | "copied.dismissed"
      | "input.lost";
  }
>;

function reduceOpen(state: OpenState, action: OpenAction): OpenState {
  switch (action.type) {
    case "feed.changed":
      return { ...state, feed: action.feed };
    case "stream.changed":
      // A released browser shows nothing more; a broken line keeps its last picture below the veil.
      return {
        ...state,
        stream: action.stream,
        quality: "good",
        page: action.stream.link === "idle" ? blankPage : state.page,
      };
    case "stream.said":
      return { ...state, page: hear(state.page, action.message) };
    case "picture.drawn":
      return state.page.picture ? state : { ...state, page: { ...state.page, picture: true } };
    case "link.measured":
      return state.quality === action.quality ? state : { ...state, quality: action.quality };
    case "request.sent":
      return { ...state, pending: action.request, failed: null };
    case "request.answered":
      return { ...state, pending: null, confirmingCancel: false };
    case "request.failed":
      return { ...state, pending: null, failed: action.request };
    case "cancel.asked":
      return isTerminal(state.view.status) ? state : { ...state, confirmingCancel: true, failed: null };
    case "cancel.dismissed":
      return { ...state, confirmingCancel: false };
    case "handOver.asked":
      return isTerminal(state.view.status) ? state : { ...state, handingOver: true };
    case "handOver.dismissed":
      return { ...state, handingOver: false };
    case "refusedPopup.dismissed":
      return { ...state, page: { ...state.page, refusedPopup: null } };
    case "copied.offered":
      return { ...state, page: { ...state.page, copied: action.text } };
    case "copied.dismissed":
      return { ...state, page: { ...state.page, copied: null } };
    case "input.lost":
      return { ...state, page: { ...state.page, lostInput: action.count } };
  }
}

function hear(page: LivePage, message: ServerMessage): LivePage {
  switch (message.type) {
    case "hello":
    case "pong":
      return page;
    case "location":
      return { ...page, host: message.host, secure: message.secure, loading: message.loading };
    case "challenge":
      return { ...page, challenge: message.challenge };
    case "expiring":
      return { ...page, deadline: message.deadline };
    case "control":
      return { ...page, control: message.enabled };
    case "cursor":
      return { ...page, cursor: message.cursor };
    case "focus":
      return { ...page, field: message.field };
    case "popup":
      return { ...page, popup: message.popup };
    case "dialog":
      return { ...page, dialog: message.dialog };
    case "select":
      return { ...page, select: message.select };
    case "picker":
      return { ...page, picker: message.picker };
    case "file":
      return { ...page, file: message.request };
    case "auth":
      return { ...page, auth: message.request };
    case "aria":
      return { ...page, aria: message.nodes };
    case "copied":
      // Not kept: it goes into the clipboard, and is offered only where that fails.
      return page;
    case "popupRefused":
      return { ...page, refusedPopup: message.host };
  }
}
