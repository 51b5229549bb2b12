import { readdir, readFile } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";
import type { Logger } from "pino";
import { killTree } from "../sandbox/process-tree.ts";

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
  readonly #memory = new TreeMemory();
  readonly #watched = new Map<number, Watched>();
  #looking = false;

  constructor(options: MemoryGuardOptions) {
    this.#options = options;
  }

  get limitMiB(): number {
    return this.#options.limitMiB;
  }

  /** A browser's first process, from now until `stop`. `exceeded` is true once the browser was ended for it. */
  watch(root: number): { readonly exceeded: boolean; stop(): void } {
    const watched: Watched = { exceeded: false };
    this.#watched.set(root, watched);
    if (!this.#looking) void this.#look();
    return {
      get exceeded() {
        return watched.exceeded;
      },
      stop: () => void this.#watched.delete(root),
    };
  }

  async #look(): Promise<void> {
    this.#looking = true;
    for (; this.#watched.size > 0; await sleep(everyMs, undefined, { ref: false })) {
      const taken = await this.#memory.take(this.#watched);
      for (const [root, watched] of this.#watched) {
        const takenMiB = Math.round((taken.get(root) ?? 0) / 1024);
        if (takenMiB <= this.#options.limitMiB || watched.exceeded) continue;
        watched.exceeded = true;
        this.#options.log.warn({ takenMiB, limitMiB: this.#options.limitMiB }, "a browser took too much memory");
        await killTree(root);
      }
    }
    this.#looking = false;
  }
}

/** Where a process stood when it was first seen. */
interface Origin {
  parent: number;
  group: number;
}

/** What the trees of some processes hold. Remembers who came from whom, so that a look reads little more than those. */
class TreeMemory {
  #origins = new Map<number, Origin>();

  /** First process -> KiB that its tree holds for itself or shares within. Program text is not counted. */
  async take(wanted: ReadonlyMap<number, unknown>): Promise<Map<number, number>> {
    const taken = new Map<number, number>();
    const origins = new Map<number, Origin>();
    for (const entry of await readdir("/proc")) {
      if (!/^\d+$/.test(entry)) continue;
      const pid = Number(entry);
      const known = this.#origins.get(pid);
      if (known) origins.set(pid, known);
      if (known && rootOf(pid, origins, wanted) === null) continue;
      // A process may end between the two reads.
      const status = await readFile(`/proc/${pid}/status`, "utf8").catch(() => "");
      if (!known) origins.set(pid, { parent: numberIn(status, parentPattern), group: numberIn(status, groupPattern) });
      const root = rootOf(pid, origins, wanted);
      if (root === null) continue;
      const held = numberIn(status, ownPattern) + numberIn(status, sharedPattern);
      taken.set(root, (taken.get(root) ?? 0) + held);
    }
    this.#origins = origins;
    return taken;
  }
}

/** Parents have mostly lower numbers, and are known first; where not, the next look finds them. */
function rootOf(pid: number, origins: Map<number, Origin>, wanted: ReadonlyMap<number, unknown>): number | null {
  for (let at = pid, depth = 0; depth < 64; depth += 1) {
    if (wanted.has(at)) return at;
    const origin = origins.get(at);
    if (origin === undefined) return null;
    if (wanted.has(origin.group)) return origin.group;
    at = origin.parent;
  }
  return null;
}

const parentPattern = /^PPid:\s+(\d+)/m;
const groupPattern = /^NSpgid:\s+(\d+)/m;
const ownPattern = /^RssAnon:\s+(\d+)/m;
const sharedPattern = /^RssShmem:\s+(\d+)/m;

function numberIn(status: string, pattern: RegExp): number {
  return Number(pattern.exec(status)?.[1] ?? 0);
}
