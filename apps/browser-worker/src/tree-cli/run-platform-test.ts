import { errorCodes, type Challenge, type Json, type SessionStatus } from "@attestream/shared";
import {
  edgesTaken,
  runTree,
  type ChallengeReply,
  type PlatformDefinition,
  type RunOutcome,
} from "@attestream/workflow";
import type { BrowserContext } from "playwright";
import { alignClientHints } from "../session/client-hints.ts";
import { capturesOf } from "../tree/captures-of.ts";
import { createPlaywrightPage } from "../tree/playwright-page.ts";
import { waitFor } from "../tree/wait-for.ts";
import { createScriptedUser, ScriptGap } from "./scripted-user.ts";

export type PlatformTest = NonNullable<PlatformDefinition["tests"]>[number];

export interface TestResult {
  name: string;
  /** What differs from what was expected; none when the test passed. */
  problems: string[];
  /** How it ended, in a few words. */
  ending: string;
  visited: string[];
  /** The ways of the tree that it took, by name. */
  edges: string[];
}

/** Runs the tree with the test's user in a fresh context, and compares. Rejects only with the signal's reason. */
export async function runPlatformTest(options: {
  definition: PlatformDefinition;
  test: PlatformTest;
  context: BrowserContext;
  now: () => Date;
  signal: AbortSignal;
}): Promise<TestResult> {
  const { definition, test, context, now } = options;
  const over = new AbortController();
  const signal = AbortSignal.any([options.signal, over.signal]);
  // Heard by the tree's hands, so not closed by Playwright any more.
  context.on("dialog", (dialog) => void dialog.dismiss().catch(() => undefined));
  const page = await context.newPage();
  const top = () => context.pages().at(-1) ?? page;
  let listener: ((reply: ChallengeReply) => void) | undefined;
  let open: string | null = null;
  let challenges = 0;
  const acts: Promise<void>[] = [];
  try {
    await alignClientHints(context, page);
    const port = await createPlaywrightPage({
      context,
      page: top,
      allow: definition.allow,
      captures: capturesOf(definition),
      now,
      signal,
    });
    const user = createScriptedUser({
      definition,
      as: test.as,
      page: top,
      port,
      reply: (reply) => listener?.(reply),
    });
    const act = async (challenge: Challenge) => {
      try {
        await user(challenge, signal);
      } catch (error) {
        // The page may go on before the user has finished, which is no fault.
        if (open !== challenge.id || signal.aborted) return;
        over.abort(error instanceof ScriptGap ? error : new ScriptGap(`the user could not act on ${challenge.kind}`));
      }
    };
    const outcome = await runTree({
      definition,
      loginUrl: definition.loginUrl,
      page: port,
      clock: { now, wait: waitFor },
      newId: () => `challenge-${(challenges += 1)}`,
      signal,
      events: {
        progressed: () => undefined,
        challengeRaised(challenge) {
          open = challenge.id;
          acts.push(act(challenge));
        },
        challengeChanged: () => undefined,
        challengeResolved: () => (open = null),
        collectionStarted: () => undefined,
        deadlineMoved: () => undefined,
        onPresence: () => () => undefined,
        onReply(given) {
          listener = given;
          return () => (listener = undefined);
        },
      },
    });
    return {
      name: test.name,
      problems: compare(test.expect, outcome),
      ending: endingOf(outcome),
      visited: outcome.visited,
      edges: edgesTaken(definition, outcome),
    };
  } catch (error) {
    options.signal.throwIfAborted();
    if (!(error instanceof ScriptGap)) throw error;
    return { name: test.name, problems: [error.message], ending: "stopped", visited: [], edges: [] };
  } finally {
    over.abort(new DOMException("the test has ended", "AbortError"));
    await Promise.all(acts);
  }
}

function statusOf(outcome: RunOutcome): SessionStatus {
  if (outcome.kind === "failed") return errorCodes[outcome.code].endsAs;
  return outcome.failedParts.length > 0 ? "PARTIAL_COMPLETE" : "COMPLETED";
}

function endingOf(outcome: RunOutcome): string {
  const code =
    outcome.kind === "failed" ? ` ${outcome.code}` : outcome.failedParts.map(({ part }) => ` ${part}`).join();
  return `${statusOf(outcome)}${code}`;
}

function compare(expected: PlatformTest["expect"], outcome: RunOutcome): string[] {
  const problems: string[] = [];
  const why = outcome.kind === "failed" && outcome.message !== undefined ? ` (${outcome.message})` : "";
  if (statusOf(outcome) !== expected.status)
    problems.push(`ended as ${endingOf(outcome)}${why}, not ${expected.status}`);
  const code = outcome.kind === "failed" ? outcome.code : undefined;
  if (expected.errorCode !== undefined && code !== expected.errorCode)
    problems.push(`the error code is ${code ?? "none"}${why}, not ${expected.errorCode}`);
  if (expected.visited !== undefined && expected.visited.join() !== outcome.visited.join())
    problems.push(`visited ${outcome.visited.join(", ") || "nothing"}, not ${expected.visited.join(", ")}`);
  const data = outcome.kind === "extracted" ? outcome.extractedData : {};
  for (const [field, value] of Object.entries(expected.data ?? {})) {
    if (!holds(data[field], value))
      problems.push(`${field} is ${JSON.stringify(data[field]) ?? "missing"}, not ${JSON.stringify(value)}`);
  }
  return problems;
}

/** Objects may have more members than expected; lists and values are compared as they are. */
function holds(given: Json | undefined, expected: Json): boolean {
  if (Array.isArray(expected))
    return (
      Array.isArray(given) &&
      given.length === expected.length &&
      expected.every((item, index) => holds(given[index], item))
    );
  if (typeof expected !== "object" || expected === null) return given === expected;
  if (typeof given !== "object" || given === null || Array.isArray(given)) return false;
  return Object.entries(expected).every(([key, value]) => holds(given[key], value));
}
