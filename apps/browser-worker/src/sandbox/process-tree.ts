import { readdir, readFile } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";

const everyMs = 20;
const mostAttempts = 150;

/** One process. A number is given again later; number and start time together are not. */
interface Member {
  pid: number;
  started: string;
}

/**
 * Living processes that belong to a browser: its first process, all that descend from it, and all of its
 * process group, whoever has adopted them. Zombies are gone already.
 */
export async function listTree(root: number): Promise<number[]> {
  return (await readTree(root)).map(({ pid }) => pid);
}

/**
 * SIGKILL to a browser's whole tree; resolves when no living member is left (at most some seconds). Killing
 * what is gone is fine.
 */
export async function killTree(root: number): Promise<void> {
  // Kept by their start times: once their parents are gone they cannot be told by them any more.
  let members = await readTree(root);
  for (let attempt = 0; attempt < mostAttempts && members.length > 0; attempt += 1) {
    if (attempt === 0) kill(-root);
    for (const { pid } of members) kill(pid);
    await sleep(everyMs);
    const known = await Promise.all(members.map(async (member) => ((await isAlive(member)) ? [member] : [])));
    members = known.flat();
    // What was born while its parent died.
    if (members.length === 0) members = await readTree(root);
  }
}

function kill(pid: number): void {
  try {
    process.kill(pid, "SIGKILL");
  } catch {
    // Gone in between.
  }
}

interface ProcessStat extends Member {
  parent: number;
  group: number;
}

async function readTree(root: number): Promise<Member[]> {
  const all = await readAll();
  const members = new Map(all.filter(({ pid, group }) => pid === root || group === root).map((one) => [one.pid, one]));
  for (let size = -1; size !== members.size;) {
    size = members.size;
    for (const one of all) if (members.has(one.parent)) members.set(one.pid, one);
  }
  return [...members.values()];
}

async function readAll(): Promise<ProcessStat[]> {
  const found: ProcessStat[] = [];
  for (const entry of await readdir("/proc")) {
    const one = /^\d+$/.test(entry) ? await readStat(Number(entry)) : null;
    if (one !== null) found.push(one);
  }
  return found;
}

async function isAlive({ pid, started }: Member): Promise<boolean> {
  return (await readStat(pid))?.started === started;
}

/** Null for what is gone, or a zombie. The name, which comes first, may hold anything. */
async function readStat(pid: number): Promise<ProcessStat | null> {
  const stat = await readFile(`/proc/${pid}/stat`, "utf8").catch(() => "");
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  const [state, parent, group] = fields;
  if (parent === undefined || state === "Z" || state === "X") return null;
  return { pid, parent: Number(parent), group: Number(group), started: fields[19] ?? "" };
}
