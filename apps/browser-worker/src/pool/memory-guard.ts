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
  readonly #memory = new GroupMemory();
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
      const taken = await this.#memory.take(this.#watched);
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

/** What the processes of some groups hold. Remembers who belongs where, so that a look reads little more than those. */
class GroupMemory {
  #groups = new Map<string, number>();

  /** Process group -> KiB that its processes hold for themselves or share with each other. Program text is not counted. */
  async take(wanted: ReadonlyMap<number, unknown>): Promise<Map<number, number>> {
    const taken = new Map<number, number>();
    const groups = new Map<string, number>();
    for (const pid of await readdir("/proc")) {
      if (!/^\d+$/.test(pid)) continue;
      let group = wanted.has(Number(pid)) ? Number(pid) : this.#groups.get(pid);
      if (group !== undefined && !wanted.has(group)) {
        groups.set(pid, group);
        continue;
      }
      // A process may end between the two reads.
      const status = await readFile(`/proc/${pid}/status`, "utf8").catch(() => "");
      group ??= numberIn(status, groupPattern);
      groups.set(pid, group);
      const held = numberIn(status, ownPattern) + numberIn(status, sharedPattern);
      taken.set(group, (taken.get(group) ?? 0) + held);
    }
    this.#groups = groups;
    return taken;
  }
}

const groupPattern = /^NSpgid:\s+(\d+)/m;
const ownPattern = /^RssAnon:\s+(\d+)/m;
const sharedPattern = /^RssShmem:\s+(\d+)/m;

function numberIn(status: string, pattern: RegExp): number {
  return Number(pattern.exec(status)?.[1] ?? 0);
}
