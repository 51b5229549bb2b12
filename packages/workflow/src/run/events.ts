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

/** What ends the run next, and when. */
export interface RunDeadline {
  /** `idle`: a sign of life of the user puts it off. `challenge`: the screen's own time. `total`: that of the whole tree. */
  kind: "idle" | "challenge" | "total";
  at: Date;
}

/** What the runner tells, and what it hears of the user. */
export interface RunEvents {
  /** 0 to 100, never falling. */
  progressed(progress: number): void;
  challengeRaised(challenge: Challenge): void;
  /** The same challenge, of which there is more to say. */
  challengeChanged(challenge: Challenge): void;
  challengeResolved(challengeId: string): void;
  collectionStarted(): void;
  deadlineMoved(deadline: RunDeadline): void;
  /** Any sign of life of the user. Gives the function that stops listening. */
  onPresence(listener: () => void): () => void;
  /** Gives the function that stops listening. */
  onReply(listener: (reply: ChallengeReply) => void): () => void;
}
