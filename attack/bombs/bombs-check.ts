import { cpuSeconds, processTree } from "@attestream/bench/usage";
import { isTerminal } from "@attestream/shared";
import type { Measured } from "@attestream/bench/bench-row";
import type { Check } from "../report/check.ts";
import { livelyPage, openNeighbour, pause, watchFor, type Neighbour } from "../system/neighbour.ts";
import type { AttackRun } from "../system/attack-run.ts";
import type { Victim } from "../system/victim.ts";
import { bombPages } from "./bomb-pages.ts";
import { watchHeld } from "./watch-held.ts";

/** All that one session may hold: the limit for its memory, with what it may write, and some. */
const mostMiB = 2_000;
const kinds = Object.keys(bombPages) as (keyof typeof bombPages)[];
const short = (kind: string) => kind.replace("bomb-", "");

/** One page takes all it can get; the session beside it goes on. */
export const bombsCheck: Check = {
  name: "bombs",
  title: "a page that takes memory, processes, disk, processor, beside another session",
  figures: [
    ...kinds.map(
      (kind) =>
        ({
          name: `bombs.${short(kind)}`,
          unit: "% fewer pictures",
          goal: { of: "value", atMost: kind === "bomb-cpu" ? 25 : 10 },
        }) as const,
    ),
    { name: "bombs.held", unit: "MiB at most", goal: { of: "value", atMost: mostMiB } },
    { name: "bombs.ended", unit: "sessions", goal: { of: "value", atLeast: 1 } },
    { name: "bombs.neighbours", unit: "% alive", goal: { of: "value", atLeast: 100 } },
  ],
  pages: { ...bombPages, lively: livelyPage },
  async attack(run) {
    const victim = await run.victim();
    await using neighbour = await openNeighbour(victim);
    const found: Record<string, Measured> = {};
    let mostHeld = 0;
    const endings: string[] = [];
    let alive = 0;
    for (const kind of kinds) {
      run.progress(`  ${short(kind)}`);
      const { drop, held, ending, note } = await explode(run, victim, neighbour, kind);
      found[`bombs.${short(kind)}`] = { value: Math.max(0, drop), note };
      mostHeld = Math.max(mostHeld, held);
      if (ending !== null) endings.push(`${short(kind)}: ${ending}`);
      if (!isTerminal((await victim.client.getSession(neighbour.sessionId)).status)) alive += 1;
    }
    const memoryEnded = endings.filter((ending) => ending.startsWith("memory: ERROR BROWSER_"));
    return {
      ...found,
      "bombs.held": { value: mostHeld, note: "by all processes of one bomb's browser" },
      "bombs.ended": { value: memoryEnded.length, note: endings.join("; ") || "none ended by itself" },
      "bombs.neighbours": { value: (alive / kinds.length) * 100 },
    };
  },
  holes: [
    {
      name: "no limit for memory",
      figure: "bombs.ended",
      patches: [
        {
          file: "apps/browser-worker/src/pool/browser-guard.ts",
          find: "takenMiB <= this.#options.limitMiB",
          replace: "takenMiB <= 1e9",
        },
        {
          file: "apps/browser-worker/src/pool/launch-browser.ts",
          find: "memoryMiB: options.memory.limitMiB + 2 * options.diskMiB",
          replace: "memoryMiB: 1e6",
        },
      ],
    },
  ],
};

async function explode(run: AttackRun, victim: Victim, neighbour: Neighbour, kind: keyof typeof bombPages) {
  const ms = run.quick ? 4_000 : 10_000;
  const before = new Set(processTree(victim.workerPid));
  const calm = await neighbour.rateDuring(() => watchFor(neighbour, ms));
  const { sessionId, embedUrl } = await victim.createSession(kind);
  const begun = run.site.told(kind, AbortSignal.timeout(60_000));
  const { BareViewer } = await import("@attestream/bench/bare-viewer");
  // It may end before it has shown anything.
  const opening = BareViewer.open(embedUrl).catch(() => null);
  await using undo = new AsyncDisposableStack();
  undo.defer(async () => {
    await victim.end(sessionId);
    void opening.then((viewer) => viewer?.close());
    await pause(2_000);
  });
  await begun;
  const own = () => processTree(victim.workerPid).filter((pid) => !before.has(pid));
  const looking = await watchHeld({ root: victim.workerPid, before: [...before] });
  const worker = [victim.workerPid];
  const [cpuBefore, workerBefore] = [cpuSeconds(own()), cpuSeconds(worker)];
  const under = await neighbour.rateDuring(() => watchFor(neighbour, ms));
  const [cpu, workerCpu] = [Math.max(0, cpuSeconds(own()) - cpuBefore), cpuSeconds(worker) - workerBefore];
  const until = performance.now() + (kind === "bomb-memory" ? 20_000 : 0);
  let session = await victim.client.getSession(sessionId);
  const isOver = () => isTerminal(session.status) || performance.now() > until;
  while (!isOver()) {
    await pause(200);
    session = await victim.client.getSession(sessionId);
  }
  const held = await looking.stop();
  const ending = isTerminal(session.status) ? `${session.status} ${session.errorCode ?? ""}`.trim() : null;
  return {
    drop: ((calm - under) / calm) * 100,
    held,
    ending,
    note: `${calm.toFixed(1)} -> ${under.toFixed(1)} pictures per second; in ${ms / 1000} s the bomb took ${cpu.toFixed(1)} s of processor and ${Math.round(held)} MiB, the worker itself ${workerCpu.toFixed(1)} s`,
  };
}
