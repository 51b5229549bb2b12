import { alternativesOf, type Locator } from "../schema/index.ts";
import type { LintSubject } from "./finding.ts";
import { listLocators } from "./list-locators.ts";

const secret = /pass(?:word|code|phrase)|kennwort|passwort|contrase[ñn]a|mot de passe|senha|wachtwoord|\bpin\b/i;

/** How things are found, and that a password is treated as one. */
export function checkLocators({ definition, report }: LintSubject): void {
  for (const { path, locator } of listLocators(definition)) {
    if (alternativesOf(locator).every(({ css }) => css !== undefined))
      report(
        "css-only",
        path,
        "is found by CSS alone, which breaks with the next design; add a role, label or text first in any: [...]",
      );
  }
  for (const [index, { user, do: actions }] of definition.screens.entries()) {
    for (const [at, { id, label, type, at: locator }] of (user?.fields ?? []).entries()) {
      // A "PIN code" by SMS is a code, and the author says so.
      if (
        type === "password" ||
        type === "code" ||
        ![id, label ?? "", ...wordsOf(locator)].some((words) => isSecret(words))
      )
        continue;
      report(
        "password-type",
        ["screens", index, "user", "fields", at],
        `${id} looks like a password; write type: password`,
      );
    }
    for (const [at, { type }] of (actions ?? []).entries()) {
      if (type && wordsOf(type.at).some((words) => isSecret(words)))
        report(
          "typed-secret",
          ["screens", index, "do", at, "type"],
          "a tree types constants, and a password is the user's own; make it a user screen",
        );
    }
  }
}

function isSecret(words: string): boolean {
  return secret.test(words.replace(/([a-z])([A-Z])/g, "$1 $2"));
}

function wordsOf(locator: Locator): string[] {
  return alternativesOf(locator).flatMap(({ name, label, css }) => [
    ...[name, label].filter((words) => words !== undefined),
    ...(css !== undefined && /type=["']?password/i.test(css) ? ["password"] : []),
  ]);
}
