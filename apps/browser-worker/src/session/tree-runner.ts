import type { Challenge, ErrorCode, ExtractedData } from "@attestream/shared";
import type { ChallengeReply, PlatformDefinition, ProofPort } from "@attestream/workflow";
import type { SessionReport } from "@attestream/shared/worker-protocol";
import type { RunDeadline } from "@attestream/workflow";
import type { BrowserContext, Page } from "playwright";

export type TreeOutcome =
  | {
      kind: "extracted";
      extractedData: ExtractedData;
      failedParts: { part: string; code: ErrorCode }[];
      workflow: { name: string; version: string; hash: string };
    }
  | FailedTree;

export interface FailedTree {
  kind: "failed";
  code: ErrorCode;
  message?: string;
}

/** The end user, as the tree sees them. */
export interface ViewerPort {
  showChallenge(challenge: Challenge | null): void;
  /** By how much the page is magnified for the viewer's screen: to be reckoned with by what points at it. */
  readonly magnification?: number;
  /** Whether the user's input reaches the page. */
  setControl(enabled: boolean): void;
  /** What ends the run next; null when nothing does. */
  showDeadline(deadline: RunDeadline | null): void;
  /** Any sign of life of the user. Gives the function that stops listening. */
  onPresence(listener: () => void): () => void;
  /** Gives the function that stops listening. */
  onChallengeReply(listener: (reply: ChallengeReply) => void): () => void;
}

export interface SessionTreeOptions {
  /** JSON form of the platform file, parsed again by the tree. */
  platform: unknown;
  /** The content hash that the session pins. */
  platformHash: string;
  loginUrl: string;
  context: BrowserContext;
  /** The page on top now: the one that the user sees. */
  page: () => Page;
  viewer: ViewerPort;
  /** The end user has agreed: before that nothing may be reported, and nothing asked of anybody. */
  agreed: Promise<void>;
  report: (report: SessionReport) => void;
  /** Who proves the parts of this tree. */
  proofOf?: (definition: PlatformDefinition) => ProofPort;
  now: () => Date;
  newId: () => string;
  signal: AbortSignal;
}

/** Runs a platform's workflow on the session's browser, from when the user first looks. Reports its own progress; the outcome is the caller's to report. */
export type RunSessionTree = (options: SessionTreeOptions) => Promise<TreeOutcome>;
