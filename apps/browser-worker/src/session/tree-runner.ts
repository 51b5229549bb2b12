import type { Challenge, ErrorCode, ExtractedData } from "@attestream/shared";
import type { SessionReport } from "@attestream/shared/worker-protocol";
import type { BrowserContext, Page } from "playwright";

export type TreeOutcome =
  | {
      kind: "extracted";
      extractedData: ExtractedData;
      failedParts: { part: string; code: ErrorCode }[];
      workflow: { name: string; version: string; hash: string };
    }
  | { kind: "failed"; code: ErrorCode; message?: string };

/** The end user, as the tree sees them. */
export interface ViewerPort {
  showChallenge(challenge: Challenge | null): void;
  setControl(enabled: boolean): void;
  onChallengeReply(listener: (reply: { challengeId: string; choice?: string }) => void): () => void;
}

/** Runs a platform's workflow on the session's browser. Reports its own progress; the outcome is the caller's to report. */
export type RunSessionTree = (options: {
  platform: unknown;
  platformHash: string;
  loginUrl: string;
  context: BrowserContext;
  /** The page on top now. */
  page: () => Page;
  viewer: ViewerPort;
  report: (report: SessionReport) => void;
  now: () => Date;
  newId: () => string;
  signal: AbortSignal;
}) => Promise<TreeOutcome>;
