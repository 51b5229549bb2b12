import { reservedNames } from "./vocabulary.ts";

/** The first reserved name anywhere in a value. Walks with a list of its own, not the call stack: the value may be nested to any depth. */
export function findReservedName(value: unknown): string | undefined {
  const waiting: unknown[] = [value];
  while (waiting.length > 0) {
    const next = waiting.pop();
    if (next === null || typeof next !== "object") continue;
    for (const [key, member] of Object.entries(next)) {
      if (!Array.isArray(next) && reservedNames.has(key)) return key;
      waiting.push(member);
    }
  }
  return undefined;
}
