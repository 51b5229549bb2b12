import { readdir, readFile } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";
import type { Logger } from "pino";
import { killGroup } from "../sandbox/process-group.ts";

const everyMs = 1_000;

export interface MemoryGuardOptions {
  /** What one browser may take, all its processes together. */
  limitMiB: number;
  log: Logger;
}

interface Watched {
  exceeded: boolean;
}

/**
 * Ends a browser that takes more memory than it may, before the machine has none left for the others.
 * Without control groups nothing else does: Chromium lets one page have gigabytes.
 */
export class MemoryGuard {
  readonly #options: MemoryGuardOptions;
  readonly #watched = new Map<number, Watched>();
  #looking = false;

  constructor(options: MemoryGuardOptions) {
    this.#options = options;
  }

  /** From now until `stop`. `exceeded` is true once the browser was ended for it. */
  watch(processGroup: number): { readonly exceeded: boolean; stop(): void } {
    const watched: Watched = { exceeded: false };
    this.#watched.set(processGroup, watched);
    if (!this.#looking) void this.#look();
    return {
      get exceeded() {
        return watched.exceeded;
      },
      stop: () => void this.#watched.delete(processGroup),
    };
  }

  async #look(): Promise<void> {
    this.#looking = true;
    for (; this.#watched.size > 0; await sleep(everyMs, undefined, { ref: false })) {
      const taken = await memoryByGroup();
      for (const [group, watched] of this.#watched) {
        const takenMiB = Math.round((taken.get(group) ?? 0) / 1024);
        if (takenMiB <= this.#options.limitMiB || watched.exceeded) continue;
        watched.exceeded = true;
        this.#options.log.warn({ takenMiB, limitMiB: this.#options.limitMiB }, "a browser took too much memory");
        await killGroup(group);
      }
    }
    this.#looking = false;
  }
}

/** Process group -> KiB that its processes hold for themselves or share with each other. Program text is not counted. */
async function memoryByGroup(): Promise<Map<number, number>> {
  const taken = new Map<number, number>();
  for (const entry of await readdir("/proc")) {
    if (!/^\d+$/.test(entry)) continue;
    // A process may end between the two reads.
    const status = await readFile(`/proc/${entry}/status`, "utf8").catch(() => "");
    const number = (name: string) => Number(new RegExp(`^${name}:\\s+(\\d+)`, "m").exec(status)?.[1] ?? 0);
    const group = number("NSpgid");
    taken.set(group, (taken.get(group) ?? 0) + number("RssAnon") + number("RssShmem"));
  }
  return taken;
}
