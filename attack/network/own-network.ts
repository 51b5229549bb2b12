import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { constants } from "node:os";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const marker = "ATTACK_OWN_NETWORK";

/** Inside, every address of the internet is this machine, and names are asked of whoever listens at `nameServer`. */
export const nameServer = "127.0.0.53";
export const hasOwnNetwork = () => process.env[marker] === "1";

/**
 * Runs this program again in a network that leads nowhere: packets for any address in the world arrive at its
 * own listeners, where they are counted. Resolves to its exit code, or to null where only root may do that.
 */
export async function rerunInOwnNetwork(): Promise<number | null> {
  if (process.getuid?.() !== 0 || spawnSync("unshare", ["--net", "--mount", "true"]).status !== 0) return null;
  const child = spawn(
    "unshare",
    ["--net", "--mount", process.execPath, ...process.execArgv, ...process.argv.slice(1)],
    { stdio: ["inherit", "inherit", "inherit", "ipc"], env: { ...process.env, [marker]: "1" } },
  );
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, () => child.kill(signal));
  process.on("disconnect", () => child.kill("SIGTERM"));
  const [code, signal] = (await once(child, "exit")) as [number | null, NodeJS.Signals | null];
  return code ?? 128 + (signal === null ? 1 : constants.signals[signal]);
}

/** Addresses as they are met inside of networks, on a card of their own: WebRTC looks at no others. All goes with the network. */
const addresses = ["10.99.77.1/24", "169.254.169.254/32", "fd00:a77::1/64"];

/** To be called once, inside. */
export function layOutOwnNetwork(): void {
  const folder = mkdtempSync(join(tmpdir(), "attestream-attack-net-"));
  const resolver = join(folder, "resolv.conf");
  writeFileSync(resolver, `nameserver ${nameServer}\noptions timeout:2 attempts:1\n`);
  run("ip", "link", "set", "lo", "up");
  run("ip", "link", "add", "attack0", "type", "veth", "peer", "name", "attack1");
  for (const address of addresses)
    run("ip", "address", "add", address, "dev", "attack0", ...(address.includes(":") ? ["nodad"] : []));
  for (const card of ["attack0", "attack1"]) run("ip", "link", "set", card, "up");
  run("ip", "route", "add", "local", "default", "dev", "lo");
  run("ip", "-6", "route", "add", "local", "default", "dev", "lo");
  run("mount", "--bind", resolver, "/etc/resolv.conf");
  // The mount keeps it.
  rmSync(folder, { recursive: true });
}

function run(program: string, ...args: string[]): void {
  const { status, stderr, error } = spawnSync(program, args, { encoding: "utf8" });
  if (status === 0) return;
  const missing = error !== undefined && "code" in error && error.code === "ENOENT";
  throw new Error(
    missing
      ? `${program} is missing; on Debian: apt-get install iproute2 mount`
      : `${program} ${args.join(" ")} failed: ${stderr.trim()}`,
  );
}
