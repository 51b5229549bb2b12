import { parseDuration, type ErrorCode } from "@attestream/shared";
import type { Action, Screen } from "../schema/index.ts";
import { askUser, createChallenge, timeoutOf } from "./ask-user.ts";
import { askedQuestion, offeredChoices, takeChoice } from "./choices.ts";
import { abortable, firstOf } from "./clock.ts";
import { fillForm } from "./fill-form.ts";
import type { Observation } from "./page-port.ts";
import { createRecogniser, type Look } from "./recognise.ts";
import { defaultMax, limitsOf, maxHandOvers, waits, type RunContext } from "./run-context.ts";
import { TreeFailure } from "./tree-failure.ts";

/** Somewhere the runner wants to be, and how it tells. */
export interface Goal<T> {
  /** The result once it is there, null while it is not. `screen` is what matches now. */
  reached: (look: Look) => Promise<T | null>;
  /** A page that no screen knows may be the right one: how long to wait on it, and what then. Without it the user is asked. */
  patience?: { ms: number; isHere: (seen: Observation) => boolean; onTimeout: () => TreeFailure };
  /** After the runner or the user acted on a screen on the way: go back to where the goal is. */
  resume?: () => Promise<void>;
}

export interface Guide {
  /** Observes, recognises and acts until the goal is reached. Rejects with a TreeFailure. */
  reach<T>(goal: Goal<T>): Promise<T>;
  open(address: string): Promise<void>;
}

/** Leads the page from screen to screen. One per run: it remembers how often each screen came up. */
export function createGuide(context: RunContext, signal: AbortSignal): Guide {
  const { page, clock, definition, visited, progress } = context;
  const { idleMs } = limitsOf(definition);
  const recogniser = createRecogniser(context);
  const visits = new Map<string, number>();
  let lastVisit = "";
  let handOvers = 0;

  /** True when the page changed within the time. */
  const changedWithin = (revision: number, ms: number) =>
    firstOf(signal, [
      async (inner) => (await page.changed(revision, inner), true),
      async (inner) => (await clock.wait(ms, inner), false),
    ]);

  const settledWithin = async (revision: number, ms: number): Promise<boolean> =>
    firstOf(signal, [
      async (inner) => {
        let seen = page.observe();
        while (seen.revision <= revision || !seen.settled) {
          await page.changed(Math.max(seen.revision, revision), inner);
          seen = page.observe();
        }
        return true;
      },
      async (inner) => (await clock.wait(ms, inner), page.observe().revision > revision),
    ]);

  const count = (screen: Screen, key: string, max: number, code: ErrorCode) => {
    if (key === lastVisit) return;
    lastVisit = key;
    if (visited.at(-1) !== screen.id) visited.push(screen.id);
    progress.reachedScreen(screen.id);
    const times = (visits.get(screen.id) ?? 0) + 1;
    visits.set(screen.id, times);
    if (times > (screen.max ?? max)) throw new TreeFailure(code, `The screen ${screen.id} came up too often.`);
  };

  const open = async (address: string) => {
    const { url } = page.observe();
    const failure = await abortable(
      signal,
      page.open(address.startsWith("/") ? new URL(address, url).href : address, signal),
    );
    if (failure) throw new TreeFailure(failure);
  };

  /** False when the element was not there. */
  const perform = async (action: Action): Promise<boolean> => {
    if (action.open !== undefined) return open(action.open).then(() => true);
    if (action.wait?.time !== undefined) return clock.wait(parseDuration(action.wait.time), signal).then(() => true);
    if (action.wait?.see !== undefined) {
      const { see } = action.wait;
      return firstOf(signal, [
        async (inner) => {
          for (;;) {
            const { revision } = page.observe();
            if (await page.find(see)) return true;
            await page.changed(revision, inner);
          }
        },
        async (inner) => (await clock.wait(waits.action, inner), false),
      ]);
    }
    return firstOf(signal, [
      (inner) => page.act(action, inner),
      async (inner) => (await clock.wait(waits.action, inner), false),
    ]);
  };

  const actOn = async (screen: Screen, actions: readonly Action[]) => {
    // Every act counts as a visit: the same screen again is either a new one or one that did not go away.
    lastVisit = "";
    count(screen, `${screen.id} act`, defaultMax.do, "TREE_STEP_FAILED");
    const { revision } = page.observe();
    for (const action of actions) if (!(await perform(action))) break;
    if (!(await settledWithin(revision, waits.stuck))) await handOver("TREE_STEP_FAILED", screen.id);
  };

  const attemptsCode = (kind: string): ErrorCode =>
    kind === "login"
      ? "LOGIN_ATTEMPTS_EXCEEDED"
      : kind === "otp" || kind === "question"
        ? "MFA_ATTEMPTS_EXCEEDED"
        : "TREE_STEP_FAILED";

  const letUserAct = async (screen: Screen, user: NonNullable<Screen["user"]>, first: Look) => {
    count(screen, `${screen.id} ${first.seen.documentId}`, defaultMax.user, attemptsCode(user.kind));
    const { timeoutMs, code } = timeoutOf(user, idleMs);
    const choices = await abortable(signal, offeredChoices(user, page));
    const asked = await abortable(signal, askedQuestion(user, page));
    const reply = await askUser(
      context,
      {
        challenge: createChallenge(context, user, { websiteError: first.websiteError, asked, choices }, timeoutMs),
        time: { ms: timeoutMs, idle: code === "IDLE_TIMEOUT" },
        onTimeout: () => code,
        isAnswered: async () => {
          const look = await recogniser.look();
          if (look === null) return false;
          if (look.seen.failure) return true;
          if (look.screen === null) return look.seen.settled;
          return look.screen.id !== screen.id || look.complaintIsNew;
        },
        fill: (values, inner) => fillForm(context, user, values, inner),
      },
      signal,
    );
    const choice = choices.find(({ id }) => id === reply?.choice);
    if (!choice) return;
    const { revision } = page.observe();
    const taken = await firstOf(signal, [
      (inner) => takeChoice(choice, user, page, inner),
      async (inner) => (await clock.wait(waits.action, inner), false),
    ]);
    // Gone meanwhile: the next look asks anew.
    if (!taken) return;
    if (user.submit) await perform({ click: user.submit });
    await settledWithin(revision, waits.stuck);
  };

  /** Asks the user to help where the tree cannot go on; only when that does not help, `code`. */
  const handOver = async (code: ErrorCode, stuckOn: string | null) => {
    handOvers += 1;
    const near = recogniser.nearest();
    const failure = new TreeFailure(
      code,
      stuckOn
        ? `The screen ${stuckOn} did not go on.`
        : `No screen matches.${near.length > 0 ? ` Nearest: ${near.join(", ")}.` : ""}`,
    );
    if (handOvers > maxHandOvers) throw failure;
    const before = page.observe();
    const moved = () => page.observe().documentId !== before.documentId || page.observe().url !== before.url;
    const user = { kind: "unknown" } as const;
    await askUser(
      context,
      {
        challenge: createChallenge(context, user, { websiteError: null }, idleMs),
        time: { ms: idleMs, idle: true },
        onTimeout: () => (moved() ? code : "IDLE_TIMEOUT"),
        isAnswered: async () => {
          const look = await recogniser.look();
          if (look === null) return false;
          return look.seen.failure !== null || (look.screen !== null && (look.screen.id !== stuckOn || moved()));
        },
      },
      signal,
    );
  };

  const reach = async <T>(goal: Goal<T>): Promise<T> => {
    let since = clock.now().getTime();
    let unknown = { page: "", since: 0 };
    for (;;) {
      const look = await abortable(signal, recogniser.look());
      if (look === null) continue;
      const { seen, screen } = look;
      if (seen.failure) throw new TreeFailure(seen.failure);
      if (screen?.fail) {
        count(screen, screen.id, 1, screen.fail);
        throw new TreeFailure(screen.fail);
      }
      const result = await abortable(signal, goal.reached(look));
      if (result !== null) return result;

      if (screen?.user || screen?.do) {
        if (screen.user) await letUserAct(screen, screen.user, look);
        else await actOn(screen, screen.do ?? []);
        if (screen.user) handOvers = 0;
      } else if (goal.patience && (screen !== null || goal.patience.isHere(seen))) {
        failOnStatus(seen);
        const left = goal.patience.ms - (clock.now().getTime() - since);
        if (left <= 0 || !(await changedWithin(seen.revision, left))) throw goal.patience.onTimeout();
        continue;
      } else if (!seen.settled) {
        const left = waits.load - (clock.now().getTime() - since);
        if (left <= 0 || !(await changedWithin(seen.revision, left))) throw new TreeFailure("PLATFORM_TIMEOUT");
        continue;
      } else {
        failOnStatus(seen);
        const here = `${seen.documentId} ${seen.url}`;
        if (unknown.page !== here) unknown = { page: here, since: clock.now().getTime() };
        const left = waits.grace - (clock.now().getTime() - unknown.since);
        if (left > 0 && (await changedWithin(seen.revision, left))) continue;
        await handOver("PLATFORM_CHANGED", null);
      }
      unknown = { page: "", since: 0 };
      since = clock.now().getTime();
      await goal.resume?.();
    }
  };

  return {
    open,
    async reach(goal) {
      handOvers = 0;
      return reach({
        ...goal,
        reached: async (look) => {
          if (look.screen?.then || look.screen?.finish)
            count(
              look.screen,
              `${look.screen.id} ${look.seen.documentId}`,
              Number.POSITIVE_INFINITY,
              "TREE_STEP_FAILED",
            );
          return goal.reached(look);
        },
      });
    },
  };
}

/** What the platform says of itself when no screen says better. Client errors may be a page that a human gets through. */
function failOnStatus({ settled, status }: Observation): void {
  if (!settled || status === null) return;
  if (status === 429) throw new TreeFailure("PLATFORM_RATE_LIMITED");
  if (status >= 500) throw new TreeFailure("PLATFORM_UNAVAILABLE");
}
