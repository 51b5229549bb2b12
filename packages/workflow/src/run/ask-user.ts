import { parseDuration, type Challenge, type ChallengeKind, type ErrorCode } from "@attestream/shared";
import type { UserScreen } from "../schema/index.ts";
import { abortable, firstOf } from "./clock.ts";
import { describeForm } from "./describe-form.ts";
import type { ChallengeReply, FieldValue } from "./events.ts";
import type { Filled } from "./fill-form.ts";
import type { RunContext } from "./run-context.ts";
import { TreeFailure } from "./tree-failure.ts";
import { untilUserTimeIsUp, type UserTime } from "./user-time.ts";

const instructions: Record<ChallengeKind, string> = {
  login: "Log in on this page.",
  otp: "Enter the security code.",
  question: "Answer the question on this page.",
  choice: "Make your choice.",
  approval: "Approve the log-in on your device, then continue.",
  captcha: "Solve the puzzle on this page.",
  unknown: "Continue on this page until it goes on by itself. If there is nothing to do, press Continue.",
};

/** Kinds in which only the user can tell that he is done. */
const canContinue: Record<ChallengeKind, boolean> = {
  login: false,
  otp: false,
  question: false,
  choice: false,
  approval: true,
  captcha: false,
  unknown: true,
};

export interface Question {
  challenge: Challenge;
  time: UserTime;
  /** The code when the time has passed; asked then, because it may depend on what happened. */
  onTimeout: () => ErrorCode;
  /** Looked at with every change of the page: true when the question is no longer the one to ask. */
  isAnswered: () => Promise<boolean>;
  /** Puts into the page what the user wrote in the frame. */
  fill?: (values: readonly FieldValue[], signal: AbortSignal) => Promise<Filled>;
}

/**
 * Gives the page to the user and waits: for the page to move on, a reply in the frame, or the end of
 * the time. Values for the page's fields are passed on and forgotten: whether they were right shows in
 * the page, and they may be given again.
 */
export async function askUser(
  context: RunContext,
  question: Question,
  signal: AbortSignal,
): Promise<ChallengeReply | null> {
  const { page, events } = context;
  const { challenge } = question;
  let reply = Promise.withResolvers<ChallengeReply>();
  let filling = false;
  const stopListening = events.onReply((given) => {
    if (isReplyTo(challenge, given) && !(filling && given.values)) reply.resolve(given);
  });
  const over = new AbortController();
  const ended = AbortSignal.any([signal, over.signal]);
  const putIn = async (values: readonly FieldValue[]) => {
    reply = Promise.withResolvers();
    filling = true;
    events.challengeChanged({ ...challenge, filled: { state: "filling", missing: [] } });
    const filled = await question.fill?.(values, ended);
    filling = false;
    if (filled) events.challengeChanged({ ...challenge, filled });
  };
  untilUserTimeIsUp(context, question.time, ended).then(
    () => over.abort(new TreeFailure(question.onTimeout())),
    () => undefined,
  );
  events.challengeRaised(challenge);
  try {
    for (;;) {
      const { revision } = page.observe();
      if (await abortable(ended, question.isAnswered())) return null;
      const replied = await firstOf(ended, [
        async (inner) => (await page.changed(revision, inner), null),
        (inner) => abortable(inner, reply.promise),
      ]);
      if (replied?.values) await putIn(replied.values);
      else if (replied) return replied;
    }
  } finally {
    over.abort(new DOMException("asked no longer", "AbortError"));
    stopListening();
    events.challengeResolved(challenge.id);
  }
}

function isReplyTo(challenge: Challenge, reply: ChallengeReply): boolean {
  if (reply.challengeId !== challenge.id) return false;
  if (reply.values) return reply.values.every(({ id }) => challenge.fields.some((field) => field.id === id));
  return reply.choice === undefined
    ? challenge.canContinue
    : challenge.choices?.some(({ id }) => id === reply.choice) === true;
}

export function createChallenge(
  context: RunContext,
  user: UserScreen,
  shown: { websiteError: string | null; asked?: string | null; choices?: readonly { id: string; label: string }[] },
  timeoutMs: number,
): Challenge {
  const { websiteError, asked, choices = [] } = shown;
  return {
    id: context.newId(),
    kind: user.kind,
    instructions: asked ?? user.instructions ?? instructions[user.kind],
    expiresAt: new Date(context.clock.now().getTime() + timeoutMs).toISOString(),
    ...describeForm(user),
    canContinue: canContinue[user.kind],
    ...(user.method === undefined ? {} : { method: user.method }),
    ...(choices.length === 0 ? {} : { choices: choices.map(({ id, label }) => ({ id, label })) }),
    ...(websiteError === null ? {} : { websiteError }),
  };
}

/** A user screen's own time ends as USER_ACTION_TIMEOUT; without one the tree's idle limit holds. */
export function timeoutOf(user: UserScreen, idleMs: number): { timeoutMs: number; code: ErrorCode } {
  return user.timeout === undefined
    ? { timeoutMs: idleMs, code: "IDLE_TIMEOUT" }
    : { timeoutMs: parseDuration(user.timeout), code: "USER_ACTION_TIMEOUT" };
}
