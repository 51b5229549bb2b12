import type { PlatformDefinition } from "../schema/index.ts";

/** Shares of the whole: what comes before and after belongs to the session, not to the tree. */
const begin = 10;
const collecting = 60;
const end = 90;

export interface Progress {
  started(): void;
  reachedScreen(id: string): void;
  finishedPart(id: string): void;
}

/** Progress from the weights of screens and parts; told only when it grows. */
export function createProgress(definition: PlatformDefinition, tell: (progress: number) => void): Progress {
  const screens = definition.screens.filter(({ note, fail }) => note === undefined && fail === undefined);
  let told = 0;
  const advance = (to: number) => {
    const whole = Math.floor(to);
    if (whole <= told) return;
    told = whole;
    tell(whole);
  };
  const share = (items: readonly { id: string; weight?: number | undefined }[], id: string, including: boolean) => {
    const index = items.findIndex((item) => item.id === id);
    const sum = (some: typeof items) => some.reduce((total, { weight }) => total + (weight ?? 1), 0);
    return index < 0 || sum(items) === 0 ? 0 : sum(items.slice(0, including ? index + 1 : index)) / sum(items);
  };
  return {
    started: () => advance(begin),
    reachedScreen: (id) => advance(begin + (collecting - begin) * share(screens, id, false)),
    finishedPart: (id) => advance(collecting + (end - collecting) * share(definition.collect, id, true)),
  };
}
