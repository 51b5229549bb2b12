// `npm run mutation`: changes what security rests on, one place at a time, in a copy, and asks the tests whether they
// notice. A table per file on stdout, each change that nobody noticed below it. Exit code 0 from 85 % on in every group.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFile, writeFile } from "node:fs/promises";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { copyProduct, repository } from "../system/copy-product.ts";
import { applyMutant, findMutants, type Mutant } from "./find-mutants.ts";
import { subjects, type Subject } from "./subjects.ts";

const goal = 85;
/** A change may make a loop without end: that is noticed too. */
const longestMs = 60_000;

interface Tried {
  subject: Subject;
  mutant: Mutant;
  noticed: boolean;
}

async function passes(root: string, tests: readonly string[]): Promise<boolean> {
  const vitest = join(repository, "node_modules/.bin/vitest");
  const child = spawn(vitest, ["run", "--project", "unit", "--bail", "1", "--reporter", "dot", ...tests], {
    cwd: root,
    stdio: "ignore",
    detached: true,
  });
  const late = setTimeout(() => process.kill(-Number(child.pid), "SIGKILL"), longestMs);
  const [code] = (await once(child, "exit")) as [number | null];
  clearTimeout(late);
  return code === 0;
}

async function tryAll(chosen: readonly Subject[]): Promise<Tried[]> {
  const queue: { subject: Subject; mutant: Mutant; source: string }[] = [];
  for (const subject of chosen) {
    const source = await readFile(join(repository, subject.file), "utf8");
    for (const mutant of findMutants(subject.file, source)) queue.push({ subject, mutant, source });
  }
  const total = queue.length;
  const tried: Tried[] = [];
  await Promise.all(
    Array.from({ length: Math.max(1, availableParallelism()) }, async () => {
      await using copy = await copyProduct([]);
      for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
        const { subject, mutant, source } = next;
        const path = join(copy.root, subject.file);
        await writeFile(path, applyMutant(source, mutant));
        const noticed = !(await passes(copy.root, subject.tests));
        await writeFile(path, source);
        tried.push({ subject, mutant, noticed });
        if (!noticed) process.stderr.write(`nobody noticed ${subject.file}:${mutant.line}  ${mutant.what}\n`);
        if (tried.length % 20 === 0) process.stderr.write(`${tried.length} of ${total}\n`);
      }
    }),
  );
  return tried;
}

const score = (tried: readonly Tried[]) => (tried.filter(({ noticed }) => noticed).length / tried.length) * 100;

const { values } = parseArgs({ options: { only: { type: "string" } } });
const chosen = subjects.filter(({ group, file }) =>
  (values.only ?? group).split(",").some((name) => name === group || file.includes(name)),
);
if (chosen.length === 0)
  throw new Error(
    `--only: there is none of that name. There are guard, tokens, webhook, keys, machine, proof, and files.`,
  );
{
  // Without a change they must pass, or every change would seem to be noticed.
  await using copy = await copyProduct([]);
  for (const tests of new Set(chosen.flatMap((subject) => subject.tests)))
    if (!(await passes(copy.root, [tests]))) throw new Error(`${tests} fails without any change; mend that first`);
}
const tried = await tryAll(chosen);
process.stdout.write("score  noticed  of   file\n");
for (const { group, file } of chosen) {
  const own = tried.filter(({ subject }) => subject.file === file);
  const noticed = own.filter((one) => one.noticed).length;
  const cells = [`${score(own).toFixed(0)} %`.padStart(5), String(noticed).padStart(7), String(own.length).padStart(3)];
  process.stdout.write(`${cells.join("  ")}  ${group}: ${file}\n`);
}
const groups = Map.groupBy(tried, ({ subject }) => subject.group);
process.stdout.write("\n");
for (const [group, own] of groups) process.stdout.write(`${group}: ${score(own).toFixed(1)} % (goal ${goal} %)\n`);
process.stdout.write(`all: ${score(tried).toFixed(1)} %\n\nNobody noticed:\n`);
for (const { subject, mutant } of tried.filter(({ noticed }) => !noticed))
  process.stdout.write(`${subject.file}:${mutant.line}  ${mutant.what}\n`);
process.exitCode = [...groups.values()].every((own) => score(own) >= goal) ? 0 : 1;
if (process.connected) process.disconnect();
