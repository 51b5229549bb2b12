import type { ViewerMessage } from "@attestream/shared/viewer-protocol";

export interface CopiedTextOptions {
  /** Into this device's clipboard; rejects where the browser does not let us. */
  write(text: string): Promise<void>;
  now(): number;
  /** The user has to copy it by hand. */
  onRefused(text: string): void;
}

export interface CopiedText {
  /** Looks for the user's copy key among what is sent to the page. */
  noteSent(message: ViewerMessage): void;
  /** The page has copied this. */
  take(text: string): void;
}

/** As long as a browser remembers that the user did something. */
const gestureMs = 5_000;
const ctrl = 2;

/**
 * What is copied on the page, for the user's own clipboard. It is written there only on the user's own copy
 * key: what a page copies by itself is shown, and theirs to take.
 */
export function createCopiedText({ write, now, onRefused }: CopiedTextOptions): CopiedText {
  let askedAt = Number.NEGATIVE_INFINITY;
  return {
    noteSent(message) {
      if (message.type !== "key" || message.action !== "down") return;
      const withCtrl = (message.modifiers & ctrl) !== 0;
      if (withCtrl && ["c", "x", "insert"].includes(message.key.toLowerCase())) askedAt = now();
    },
    take(text) {
      const asked = now() - askedAt < gestureMs;
      askedAt = Number.NEGATIVE_INFINITY;
      if (!asked) return onRefused(text);
      write(text).catch(() => onRefused(text));
    },
  };
}
