import type { ErrorCode } from "@attestream/shared";

/** Ends the tree, or the optional part it happens in. The message is the author's or ours, never the site's or the user's. */
export class TreeFailure extends Error {
  override readonly name = "TreeFailure";
  readonly code: ErrorCode;

  constructor(code: ErrorCode, message?: string) {
    super(message ?? "");
    this.code = code;
  }
}
