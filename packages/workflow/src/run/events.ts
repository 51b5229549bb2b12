import type { Challenge } from "@attestream/shared";

export interface ChallengeReply {
  challengeId: string;
  /** The choice taken; without one the user pressed "continue". */
  choice?: string;
}

/** What the runner tells, and the one thing it hears: the user's replies. */
export interface RunEvents {
  /** 0 to 100, never falling. */
  progressed(progress: number): void;
  challengeRaised(challenge: Challenge): void;
  challengeResolved(challengeId: string): void;
  collectionStarted(): void;
  /** Gives the function that stops listening. */
  onReply(listener: (reply: ChallengeReply) => void): () => void;
}
