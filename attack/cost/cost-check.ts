import { processTree, pssMiB } from "@attestream/bench/usage";
import type { Check, Patch } from "../report/check.ts";
import { copyProduct } from "../system/copy-product.ts";
import { livelyPage } from "../system/neighbour.ts";
import type { Victim } from "../system/victim.ts";

/** A copy that takes no sandbox although it could have one, to be compared with. */
const withoutSandbox: Patch = {
  file: "apps/browser-worker/src/pool/sandbox-level.ts",
  find: "const bubblewrap = await options.findBubblewrap();",
  replace: `if (allowNoSandbox) {
    await using checked = disposable(await options.launch(options.slot, { level: "L0" }));
    return { isolation: { level: "L0" }, version: checked.browser.version() };
  }
  const bubblewrap = await options.findBubblewrap();`,
};

/** What the isolation takes of time and memory, both kinds in turns in the same run. */
export const costCheck: Check = {
  name: "cost",
  title: "the first page with the isolation, and without",
  figures: [
    { name: "cost.time", unit: "ms more", goal: { of: "value", atMost: 60 } },
    { name: "cost.memory", unit: "MiB more", goal: { of: "value", atMost: 5 } },
  ],
  pages: { lively: livelyPage },
  compared: [withoutSandbox],
  async attack(run) {
    const rounds = run.quick ? 5 : 21;
    await using copy = await copyProduct([withoutSandbox]);
    await using isolated = await run.ownVictim();
    await using open = await run.ownVictim({ ALLOW_NO_SANDBOX: "1" }, copy.root);
    const found = { isolated: [] as Sample[], open: [] as Sample[] };
    // The first of each reads programs from the disk.
    await sample(isolated);
    await sample(open);
    for (let round = 0; round < rounds && !run.signal.aborted; round++) {
      found.isolated.push(await sample(isolated));
      found.open.push(await sample(open));
    }
    const [withMs, withoutMs] = [median(found.isolated, "ms"), median(found.open, "ms")];
    const [withMiB, withoutMiB] = [median(found.isolated, "mebibytes"), median(found.open, "mebibytes")];
    return {
      "cost.time": {
        value: withMs - withoutMs,
        note: `${Math.round(withoutMs)} -> ${Math.round(withMs)} ms from the link to the first picture, median of ${rounds}, no browser kept warm`,
      },
      "cost.memory": {
        value: withMiB - withoutMiB,
        note: `${withoutMiB.toFixed(1)} -> ${withMiB.toFixed(1)} MiB of a session's processes, shares of what is shared`,
      },
    };
  },
  holes: [
    {
      name: "a jail that takes its time",
      figure: "cost.time",
      patches: [
        {
          file: "apps/browser-worker/src/sandbox/jail.ts",
          find: '${forward} & ${trust}"$0" "$@"',
          replace: '${forward} & ${trust}sleep 0.4; "$0" "$@"',
        },
      ],
    },
  ],
};

interface Sample {
  ms: number;
  mebibytes: number;
}

async function sample(victim: Victim): Promise<Sample> {
  const before = new Set(processTree(victim.workerPid));
  const startedAt = performance.now();
  const { sessionId, viewer } = await victim.open("lively");
  const ms = performance.now() - startedAt;
  const mebibytes = pssMiB(processTree(victim.workerPid).filter((pid) => !before.has(pid)));
  viewer.close();
  await victim.end(sessionId);
  await untilGone(victim, before);
  return { ms, mebibytes };
}

/** The next one is alone. */
async function untilGone(victim: Victim, before: ReadonlySet<number>): Promise<void> {
  for (const until = performance.now() + 10_000; performance.now() < until;) {
    if (processTree(victim.workerPid).every((pid) => before.has(pid))) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

function median(samples: readonly Sample[], of: keyof Sample): number {
  const sorted = samples.map((one) => one[of]).toSorted((one, other) => one - other);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}
