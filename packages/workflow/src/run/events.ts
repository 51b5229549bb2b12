import type { Challenge } from "@attestream/shared";

/** What the user wrote into the frame's form: the user's own, to be typed into the page and forgotten. */
export interface FieldValue {
  id: string;
  value: string;
}

export interface ChallengeReply {
  challengeId: string;
  /** The choice taken; with neither choice nor values the user pressed "continue". */
  choice?: string;
  values?: readonly FieldValue[];
}

/** What the runner tells, and the one thing it hears: the user's replies. */
export interface RunEvents {
  /** 0 to 100, never falling. */
  progressed(progress: number): void;
  challengeRaised(challenge: Challenge): void;
  /** The same challenge, of which there is more to say. */
  challengeChanged(challenge: Challenge): void;
  challengeResolved(challengeId: string): void;
  collectionStarted(): void;
  /** Gives the function that stops listening. */
  onReply(listener: (reply: ChallengeReply) => void): () => void;
}
