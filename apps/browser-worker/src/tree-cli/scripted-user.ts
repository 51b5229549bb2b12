import type { Challenge } from "@attestream/shared";
import type { ChallengeReply, Locator, PagePort, PlatformDefinition, Screen } from "@attestream/workflow";
import type { Locator as PlaywrightLocator, Page } from "playwright";
import { findElement } from "../tree/find-elements.ts";

const patienceMs = 10_000;
const actMs = 5_000;

/** The test does not say what the user does here, or it cannot be done. */
export class ScriptGap extends Error {
  override readonly name = "ScriptGap";
}

/**
 * An end user who does what a test's `as` says: types each field's value where the tree says that the
 * field is, and clicks submit; makes the choice named `choice`; presses Continue where that is asked.
 */
export function createScriptedUser(options: {
  definition: PlatformDefinition;
  as: Readonly<Record<string, string>>;
  page: () => Page;
  port: PagePort;
  reply: (reply: ChallengeReply) => void;
}): (challenge: Challenge, signal: AbortSignal) => Promise<void> {
  const { definition, as, page, port, reply } = options;

  const screenOf = async (challenge: Challenge): Promise<Screen | null> => {
    const ids = challenge.fields.map(({ id }) => id).join();
    const fits = definition.screens.filter(
      ({ user }) => user?.kind === challenge.kind && (user.fields ?? []).map(({ id }) => id).join() === ids,
    );
    for (const screen of fits) if (screen.when.see === undefined || (await port.find(screen.when.see))) return screen;
    return fits[0] ?? null;
  };

  /** The element, waited for: a page may show its form before its fields. */
  const elementAt = async (locator: Locator, what: string, signal: AbortSignal): Promise<PlaywrightLocator> => {
    const until = AbortSignal.any([signal, AbortSignal.timeout(patienceMs)]);
    for (;;) {
      const { revision } = port.observe();
      const element = await findElement(page(), locator);
      if (element) return element;
      await port.changed(revision, until).catch(() => {
        throw new ScriptGap(`${what} is not on the page`);
      });
    }
  };

  const choose = (screen: Screen, challenge: Challenge) => {
    const wanted = as["choice"];
    if (wanted === undefined) throw new ScriptGap(`${screen.id} wants a choice; add choice to the test's as`);
    const choice = challenge.choices?.find(({ id, label }) => id === wanted || label.includes(wanted));
    if (!choice) throw new ScriptGap(`${screen.id} does not offer the test's choice`);
    reply({ challengeId: challenge.id, choice: choice.id });
  };

  return async (challenge, signal) => {
    const screen = await screenOf(challenge);
    if (challenge.canContinue) return reply({ challengeId: challenge.id });
    const user = screen?.user;
    if (!screen || !user) throw new ScriptGap(`a ${challenge.kind} challenge that no screen of the tree raises`);
    const fields = user.fields ?? [];
    let last: PlaywrightLocator | null = null;
    for (const { id, at } of fields) {
      const value = as[id];
      if (value === undefined) throw new ScriptGap(`${screen.id} asks for ${id}; add it to the test's as`);
      last = await elementAt(at, `${screen.id}: the field ${id}`, signal);
      await last.fill(value, { timeout: actMs });
    }
    if (challenge.choices !== undefined && fields.length === 0) return choose(screen, challenge);
    if (user.submit) {
      const submit = await elementAt(user.submit, `${screen.id}: submit`, signal);
      return submit.click({ timeout: actMs });
    }
    if (!last) throw new ScriptGap(`${screen.id} says neither fields nor submit, so a test cannot act there`);
    return last.press("Enter", { timeout: actMs });
  };
}
