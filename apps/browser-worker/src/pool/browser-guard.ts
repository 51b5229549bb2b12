import { readFileSync } from "node:fs";
import { cpus } from "node:os";
import { setTimeout as sleep } from "node:timers/promises";
import type { Logger } from "pino";
import type { ControlGroup } from "../sandbox/control-groups.ts";
import { killTree } from "../sandbox/process-tree.ts";
import { setUrgency, urgencies } from "../sandbox/urgency.ts";
import { FairShare } from "./fair-share.ts";
import { TreeUsage, type Usage } from "./tree-usage.ts";

/** One browser alone takes from nobody. Of several a greedy one is found before anybody's picture has stood still for long. */
const [aloneEveryMs, everyMs] = [1_000, 250];

export interface BrowserGuardOptions {
  /** What one browser may take, all its processes together. */
  limitMiB: number;
  log: Logger;
}

/** The kernel's own means to bound what a browser uses of the processors; null where there are none. */
type Bounds = Pick<ControlGroup, "boundCores"> | null;

/** Of the machine, as are the idle ones. */
const cores = cpus().length;
/** USER_HZ; 100 on every Linux that Node runs on. */
const ticksPerSecond = 100;
/** With more than this idle nobody waits for anybody, and who uses what is not looked at. Of all processors. */
const calmPart = 0.5;
/** Where that is so and the kernel bounds memory, too, one look of so many is taken. */
const calmTurns = 5;

interface Watched {
  bounds: Bounds;
  exceeded: boolean;
  /** The kernel knows that the worker itself comes first. */
  settled: boolean;
}

/**
 * Keeps one browser from taking what the others need: ends it when it takes more memory than it may, before the
 * machine has none left, and puts it behind the others when it takes more than its share of the processors:
 * Chromium lets one page have gigabytes and every core, and the kernel's equal shares are too many for who wants all.
 */
export class BrowserGuard {
  readonly #options: BrowserGuardOptions;
  readonly #usage = new TreeUsage();
  readonly #share = new FairShare(cores);
  readonly #watched = new Map<number, Watched>();
  #looking = false;

  constructor(options: BrowserGuardOptions) {
    this.#options = options;
  }

  get limitMiB(): number {
    return this.#options.limitMiB;
  }

  /** A browser's first process, from now until `stop`. `exceeded` is true once the browser was ended for its memory. */
  watch(root: number, bounds: Bounds = null): { readonly exceeded: boolean; stop(): void } {
    const watched: Watched = { bounds, exceeded: false, settled: bounds !== null };
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
    let [idle, idleAt, lookedAt] = [idleSeconds(), performance.now(), 0];
    const pauseMs = () => (this.#watched.size > 1 ? everyMs : aloneEveryMs);
    for (let turn = 0; this.#watched.size > 0; turn += 1, await sleep(pauseMs(), undefined, { ref: false })) {
      const [idleBefore, idleBeforeAt, lookedBefore] = [idle, idleAt, lookedAt];
      [idle, idleAt] = [idleSeconds(), performance.now()];
      const idleCores = (idle - idleBefore) / secondsOf(idleAt - idleBeforeAt);
      const isCalm = idleCores > cores * calmPart;
      const skips = isCalm && turn % calmTurns !== 0 && this.#isBoundedByKernel();
      const taken = skips ? this.#unseen() : this.#usage.look(this.#watched, { cpu: !isCalm });
      // Looking takes its time, on a busy machine too much to be left out.
      if (!skips) lookedAt = performance.now();
      await this.#checkMemory(taken);
      await this.#settle(taken);
      await this.#shareOut(taken, secondsOf(lookedAt - lookedBefore), idleCores);
    }
    this.#looking = false;
  }

  #isBoundedByKernel(): boolean {
    return [...this.#watched.values()].every(({ bounds }) => bounds !== null);
  }

  #unseen(): Map<number, Usage> {
    return new Map([...this.#watched.keys()].map((root) => [root, { pids: [], memoryMiB: 0, cpuSeconds: 0 }]));
  }

  async #checkMemory(taken: ReadonlyMap<number, Usage>): Promise<void> {
    for (const [root, watched] of this.#watched) {
      const takenMiB = Math.round(taken.get(root)?.memoryMiB ?? 0);
      if (takenMiB <= this.#options.limitMiB || watched.exceeded) continue;
      watched.exceeded = true;
      this.#options.log.warn({ takenMiB, limitMiB: this.#options.limitMiB }, "a browser took too much memory");
      await killTree(root);
    }
  }

  async #settle(taken: ReadonlyMap<number, Usage>): Promise<void> {
    for (const [root, watched] of this.#watched) {
      const pids = taken.get(root)?.pids;
      if (watched.settled || pids === undefined) continue;
      watched.settled = true;
      await setUrgency(pids, urgencies.usual);
    }
  }

  async #shareOut(taken: ReadonlyMap<number, Usage>, seconds: number, idleCores: number): Promise<void> {
    const used = new Map([...taken].map(([root, { cpuSeconds }]) => [root, cpuSeconds / seconds]));
    for (const { root, most } of this.#share.note(used, idleCores)) {
      const took = Number((used.get(root) ?? 0).toFixed(2));
      this.#options.log.info({ took, most }, "a browser's use of the processors is bounded, or free again");
      const bounds = this.#watched.get(root)?.bounds;
      if (bounds) await bounds.boundCores(most);
      else await setUrgency(taken.get(root)?.pids ?? [], most === null ? urgencies.usual : urgencies.greedy);
    }
  }
}

const secondsOf = (ms: number) => Math.max(ms, 1) / 1000;

/** Of all processors together, since the machine began. */
function idleSeconds(): number {
  const [, idle = "0"] = /^cpu +\d+ \d+ \d+ (\d+)/.exec(readFileSync("/proc/stat", "utf8")) ?? [];
  return Number(idle) / ticksPerSecond;
}
