import { isDeliberate, type ViewerMessage } from "@attestream/shared/viewer-protocol";

export interface InputLedger {
  noteSent(message: ViewerMessage): void;
  /** How much the worker has taken of this viewer so far: told first on every connection. Gives how much was lost. */
  settle(taken: number): number;
}

/**
 * What was on its way when a line broke is never sent twice, so some of it may be lost; the worker's count
 * tells how much.
 */
export function createInputLedger(): InputLedger {
  let sent = 0;
  let before: number | null = null;
  return {
    noteSent(message) {
      if (isDeliberate(message)) sent += 1;
    },
    settle(taken) {
      // A page that was loaded anew has sent nothing; what the one before sent is not known.
      const lost = before === null ? 0 : Math.max(0, sent - (taken - before));
      before = taken;
      sent = 0;
      return lost;
    },
  };
}
