import { viewerCloseCodes } from "@attestream/shared/viewer-protocol";

export type AfterClose =
  /** Try again by itself, after the backoff of this attempt. */
  | { then: "reconnect" }
  /** Nothing to reconnect to: wait until the API says that a browser is there. */
  | { then: "wait" }
  /** Another window took over: only the user can take it back. */
  | { then: "replaced" }
  /** The two sides do not understand each other, and a fresh connection did not help: only the user tries again. */
  | { then: "broken" };

/** What follows when the stream's socket closes. `broken` counts protocol errors so far, this one included. */
export function afterClose(code: number, broken: number): AfterClose {
  switch (code) {
    case viewerCloseCodes.sessionReleased:
    case viewerCloseCodes.handedOver:
      return { then: "wait" };
    case viewerCloseCodes.replaced:
      return { then: "replaced" };
    case viewerCloseCodes.badMessage:
      return { then: broken <= 1 ? "reconnect" : "broken" };
    case viewerCloseCodes.overrun:
    case viewerCloseCodes.workerStopping:
    default:
      return { then: "reconnect" };
  }
}

/** The same, when the API refuses a stream ticket. */
export function afterTicketError(code: string): AfterClose | { then: "refused" } {
  switch (code) {
    case "session_has_no_browser":
    case "session_over":
    case "session_state_conflict":
    case "session_handed_over":
      return { then: "wait" };
    case "viewer_unknown":
    case "session_not_found":
      return { then: "refused" };
    default:
      return { then: "reconnect" };
  }
}
