import { viewerCloseCodes } from "@attestream/shared/viewer-protocol";

export type AfterClose =
  /** Try again by itself, after the backoff of this attempt. */
  | { then: "reconnect" }
  /** Nothing to reconnect to: wait until the API says that a browser is there. */
  | { then: "wait" }
  /** Another window took over: only the user can take it back. */
  | { then: "replaced" };

/** What follows when the stream's socket closes. `broken` counts protocol errors in a row. */
export function afterClose(code: number, broken: number): AfterClose {
  switch (code) {
    case viewerCloseCodes.sessionReleased:
      return { then: "wait" };
    case viewerCloseCodes.replaced:
      return { then: "replaced" };
    case viewerCloseCodes.badMessage:
      return broken < 1 ? { then: "reconnect" } : { then: "wait" };
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
      return { then: "wait" };
    case "viewer_unknown":
    case "session_not_found":
      return { then: "refused" };
    default:
      return { then: "reconnect" };
  }
}
