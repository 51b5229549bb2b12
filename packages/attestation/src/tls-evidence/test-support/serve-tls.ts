import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { connect, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { freePort } from "@attestream/testkit";
import type { TestChain } from "./chains.ts";

/** `openssl s_server` with these arguments. It answers each request for a path with a page about the connection (-www). */
export async function startOpensslServer(
  chain: TestChain,
  args: readonly string[],
): Promise<AsyncDisposable & { port: number; type: (text: string) => void }> {
  await using undo = new AsyncDisposableStack();
  const folder = await mkdtemp(join(tmpdir(), "attestream-openssl-"));
  undo.defer(() => rm(folder, { recursive: true, force: true }));
  const [cert, key] = [join(folder, "cert.pem"), join(folder, "key.pem")];
  await writeFile(cert, chain.cert);
  await writeFile(key, chain.key);
  const port = await freePort();
  const child = spawn(
    "openssl",
    ["s_server", "-accept", `127.0.0.1:${port}`, "-cert", cert, "-cert_chain", cert, "-key", key, ...args],
    { stdio: ["pipe", "ignore", "pipe"] },
  );
  const exited = once(child, "exit");
  let said = "";
  child.stderr.on("data", (chunk: Buffer) => (said += chunk.toString()));
  undo.defer(async () => {
    child.kill("SIGKILL");
    await exited.catch(() => {});
  });
  for (let tries = 0; ; tries += 1) {
    if (child.exitCode !== null || tries > 200) throw new Error(`openssl s_server did not start: ${said}`);
    if (await listens(port)) break;
    await sleep(25);
  }
  const life = undo.move();
  return { port, type: (text) => void child.stdin.write(text), [Symbol.asyncDispose]: () => life.disposeAsync() };
}

async function listens(port: number): Promise<boolean> {
  const socket: Socket = connect(port, "127.0.0.1");
  try {
    await once(socket, "connect");
    return true;
  } catch {
    return false;
  } finally {
    socket.destroy();
  }
}
