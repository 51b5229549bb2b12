import { readFileSync, readlinkSync } from "node:fs";
import { chmod, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { processTree } from "@attestream/bench/usage";
import type { Check } from "../report/check.ts";
import { livelyPage } from "../system/neighbour.ts";

/** What of the worker's own self-check is used here. */
interface Jail {
  findBubblewrap(): Promise<{ found: unknown } | { missing: string }>;
  prepareSlot(slot: object, options: object): Promise<{ executable: string; egressSocket: string }>;
  probeJail(executable: string, runtimeFolder: string): Promise<string[]>;
}

const probeUid = 59_981;

/** A program in the browser's place looks around; then every renderer of a live session is looked at from outside. */
export const sandboxCheck: Check = {
  name: "sandbox",
  title: "the jail from inside, the renderers from outside",
  figures: [
    { name: "sandbox.findings", unit: "findings", goal: { of: "value", atMost: 0 } },
    { name: "sandbox.renderers", unit: "% sandboxed", goal: { of: "value", atLeast: 100 } },
  ],
  pages: { lively: livelyPage },
  async attack({ victim: start, root }) {
    const findings = await probe(root);
    const victim = await start();
    const { sessionId, viewer } = await victim.open("lively");
    const renderers = processTree(victim.workerPid).filter((pid) => read(pid, "cmdline").includes("--type=renderer"));
    const open = renderers.flatMap((pid) => problemsOf(pid));
    const bad = new Set(open.map(({ pid }) => pid)).size;
    viewer.close();
    await victim.end(sessionId);
    return {
      "sandbox.findings": { value: findings.length, note: findings.slice(0, 4).join("; ") },
      "sandbox.renderers": {
        value: renderers.length === 0 ? null : ((renderers.length - bad) / renderers.length) * 100,
        note: [`${renderers.length} renderers`, ...new Set(open.map(({ problem }) => problem))].join("; "),
      },
    };
  },
  holes: [
    {
      name: "no sandbox of Chromium's, and nobody looks",
      figure: "sandbox.renderers",
      patches: [
        {
          file: "apps/browser-worker/src/pool/launch-browser.ts",
          find: 'chromiumSandbox: isolation.level !== "L0"',
          replace: "chromiumSandbox: false",
        },
        {
          file: "apps/browser-worker/src/pool/sandbox-level.ts",
          find: "if (findings.length > 0) throw",
          replace: "if (findings.length > 999) throw",
        },
      ],
    },
    {
      name: "a jail in this machine's network",
      figure: "sandbox.findings",
      patches: [
        {
          file: "apps/browser-worker/src/sandbox/jail.ts",
          find: '"--unshare-all"]',
          replace: '"--unshare-all", "--share-net"]',
        },
      ],
    },
    {
      name: "a jail that shows this machine's files",
      figure: "sandbox.findings",
      patches: [
        {
          file: "apps/browser-worker/src/sandbox/jail.ts",
          find: '["--dev", "/dev"],',
          replace: '["--dev", "/dev"], ["--ro-bind", "/etc", "/etc"],',
        },
      ],
    },
  ],
};

async function probe(root: string): Promise<string[]> {
  const load = (path: string) =>
    import(pathToFileURL(join(root, "apps/browser-worker/src", path)).href) as Promise<Jail>;
  const { findBubblewrap } = await load("sandbox/find-bubblewrap.ts");
  const bubblewrap = await findBubblewrap();
  if ("missing" in bubblewrap) throw new Error(`no level L2 here: ${bubblewrap.missing}`);
  const { prepareSlot } = await load("pool/slot.ts");
  const { probeJail } = await load("sandbox/probe.ts");
  const folder = await mkdtemp(join(tmpdir(), "attestream-attack-jail-"));
  await chmod(folder, 0o755);
  try {
    const uid = process.getuid?.() === 0 ? probeUid : undefined;
    const slot = { index: 0, uid, folder: join(folder, "slot-0") };
    const isolation = { level: "L2", programs: bubblewrap.found };
    const own = { program: "/bin/sh", setprivPath: "/usr/bin/setpriv", trustStore: null, groups: [], diskMiB: 64 };
    const files = await prepareSlot(slot, { ...own, isolation });
    await writeFile(files.egressSocket, "");
    return await probeJail(files.executable, folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** By the kernel's own account. */
function problemsOf(pid: number): { pid: number; problem: string }[] {
  const status = read(pid, "status");
  const problems: string[] = [];
  if (!/^Seccomp:\s+2$/m.test(status)) problems.push("no seccomp filter");
  if (!/^NSpid:\s+\d+\s+\d+\s+\d+/m.test(status)) problems.push("not two process namespaces deep");
  if (!/^NoNewPrivs:\s+1$/m.test(status)) problems.push("may gain privileges");
  if (/^Uid:\s+0\s/m.test(status)) problems.push("runs as root");
  for (const kind of ["user", "net", "pid", "mnt"])
    if (namespaceOf(pid, kind) === namespaceOf(process.pid, kind)) problems.push(`in this machine's ${kind} namespace`);
  return problems.map((problem) => ({ pid, problem }));
}

function namespaceOf(pid: number, kind: string): string {
  try {
    return readlinkSync(`/proc/${pid}/ns/${kind}`);
  } catch {
    return `unknown of ${pid}`;
  }
}

function read(pid: number, file: string): string {
  try {
    return readFileSync(`/proc/${pid}/${file}`, "utf8");
  } catch {
    return "";
  }
}
