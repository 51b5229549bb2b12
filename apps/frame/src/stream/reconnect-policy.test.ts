import { describe, expect, it } from "vitest";
import { viewerCloseCodes } from "@attestream/shared/viewer-protocol";
import { afterClose, afterTicketError } from "./reconnect-policy.ts";

describe("after the stream has closed the frame", () => {
  it.each([
    ["network loss", 1006, "reconnect"],
    ["a normal close", 1000, "reconnect"],
    ["an overrun", viewerCloseCodes.overrun, "reconnect"],
    ["a stopping worker", viewerCloseCodes.workerStopping, "reconnect"],
    ["a released session", viewerCloseCodes.sessionReleased, "wait"],
    ["another window", viewerCloseCodes.replaced, "replaced"],
  ] as const)("on %s does: %s -> %s", (_name, code, then) => {
    expect(afterClose(code, 0)).toEqual({ then });
  });

  it("reconnects once after a broken message, not for ever", () => {
    expect(afterClose(viewerCloseCodes.badMessage, 1)).toEqual({ then: "reconnect" });
    expect(afterClose(viewerCloseCodes.badMessage, 2)).toEqual({ then: "broken" });
  });

  it.each([
    ["session_has_no_browser", "wait"],
    ["session_over", "wait"],
    ["viewer_unknown", "refused"],
    ["unreachable", "reconnect"],
    ["rate_limited", "reconnect"],
    ["internal", "reconnect"],
  ] as const)("when a ticket is refused with %s does: %s", (code, then) => {
    expect(afterTicketError(code)).toEqual({ then });
  });
});
