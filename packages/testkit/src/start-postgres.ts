import { execFile, spawn, type ChildProcess } from "node:child_process";
import { existsSync, readdirSync } from "node:fs";
import { chown, mkdtemp, rm } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";

const run = promisify(execFile);
const installations = "/usr/lib/postgresql";
const readyWithinMs = 30_000;

export interface TestPostgres extends AsyncDisposable {
  /** Over a Unix socket in a folder of its own: no port is taken. */
  url: string;
  /** Ends it as a crash does, and starts it again on what is on disk. */
  crash(): Promise<void>;
}

/** A PostgreSQL server of its own, empty. Disposing stops it and removes its folder. */
export async function startPostgres(): Promise<TestPostgres> {
  const binaries = findBinaries();
  // The server refuses to run as root; it gets an unprivileged user, and a folder which that user can reach.
  const user = process.getuid?.() === 0 ? await unprivilegedUser() : undefined;
  const folder = await mkdtemp("/tmp/attestream-postgres-");
  let server: ChildProcess | undefined;
  const dispose = async () => {
    if (server) await stop(server);
    await rm(folder, { recursive: true, force: true });
  };
  try {
    if (user) await chown(folder, user.uid, user.gid);
    const data = join(folder, "data");
    await run(
      join(binaries, "initdb"),
      ["-D", data, "-U", "attestream", "-A", "trust", "--no-sync", "-E", "UTF8", "--locale", "C"],
      { ...user, cwd: folder },
    );
    const start = async () => {
      server = spawn(
        join(binaries, "postgres"),
        ["-D", data, "-k", folder, "-c", "listen_addresses=", "-c", "fsync=off"],
        { ...user, cwd: folder, stdio: ["ignore", "ignore", "pipe"] },
      );
      await untilReady(server);
    };
    await start();
    return {
      async crash() {
        if (server) await stop(server);
        await start();
      },
      url: `postgres://attestream@localhost/postgres?host=${encodeURIComponent(folder)}`,
      [Symbol.asyncDispose]: dispose,
    };
  } catch (error) {
    await dispose();
    throw error;
  }
}

function findBinaries(): string {
  const versions = existsSync(installations) ? readdirSync(installations) : [];
  const newest = versions
    .toSorted((a, b) => Number(b) - Number(a))
    .find((version) => existsSync(join(installations, version, "bin/postgres")));
  if (newest === undefined)
    throw new Error(
      `PostgreSQL's server is not installed (looked in ${installations}). Install it, on Debian with: apt-get install postgresql`,
    );
  return join(installations, newest, "bin");
}

async function unprivilegedUser(): Promise<{ uid: number; gid: number }> {
  for (const name of ["postgres", "nobody"]) {
    try {
      const ids = await Promise.all(["-u", "-g"].map((flag) => run("id", [flag, name])));
      const [uid, gid] = ids.map(({ stdout }) => Number(stdout));
      if (uid !== undefined && gid !== undefined) return { uid, gid };
    } catch {
      // There is no such user; the next one will do.
    }
  }
  throw new Error("PostgreSQL cannot run as root, and there is neither a user postgres nor nobody");
}

function untilReady(server: ChildProcess): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  let printed = "";
  const timer = setTimeout(
    () => reject(new Error(`PostgreSQL was not ready within ${readyWithinMs / 1000} s. It printed:\n${printed}`)),
    readyWithinMs,
  );
  server.stderr?.setEncoding("utf8").on("data", (text: string) => {
    printed = (printed + text).slice(-4000);
    if (printed.includes("database system is ready to accept connections")) resolve();
  });
  server.once("error", (error) => reject(new Error("PostgreSQL could not be started", { cause: error })));
  server.once("close", (code) =>
    reject(new Error(`PostgreSQL ended (exit code ${code}) before it was ready. It printed:\n${printed}`)),
  );
  return promise.finally(() => clearTimeout(timer));
}

/** SIGQUIT: at once, since nothing is kept. */
async function stop(server: ChildProcess): Promise<void> {
  if (server.exitCode !== null || server.signalCode !== null) return;
  const { promise, resolve } = Promise.withResolvers<void>();
  server.once("close", () => resolve());
  server.kill("SIGQUIT");
  await promise;
}
