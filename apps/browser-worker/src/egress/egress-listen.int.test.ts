import { execFile } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readdir, rm, stat } from "node:fs/promises";
import { request } from "node:http";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { pino } from "pino";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { EgressProxy } from "./egress-proxy.ts";

const run = promisify(execFile);
const own = process.getuid?.() ?? -1;
const slotUid = 59_001;

describe("where the egress proxy listens", () => {
  let folder: string;
  let proxy: EgressProxy;
  let warnings: unknown[];

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "egress-"));
    warnings = [];
  });
  afterEach(async () => {
    await proxy.close();
    await rm(folder, { recursive: true });
  });

  function create(uid: number | undefined): EgressProxy {
    const log = pino({ level: "warn" }, { write: (line: string) => void warnings.push(JSON.parse(line)) });
    proxy = new EgressProxy({ uid, resolve: async () => [], log });
    return proxy;
  }

  const askOn = (path: string) =>
    new Promise<number>((resolve, reject) => {
      request({ socketPath: path, path: "http://nowhere.test/" }, (response) => {
        response.resume();
        resolve(response.statusCode ?? 0);
      })
        .on("error", reject)
        .end();
    });

  it("may be a Unix socket that takes the place of an old one and goes with the proxy", async () => {
    const path = join(folder, "egress.sock");
    await create(undefined).listen({ socketPath: path });
    expect(await askOn(path)).toBe(403);
    expect((await stat(path)).mode & 0o777).toBe(0o600);
    expect(await readdir(folder)).toEqual(["egress.sock"]);
    const old = proxy;
    await create(undefined).listen({ socketPath: path });
    expect(await askOn(path)).toBe(403);
    await old.close();
    expect(await askOn(path)).toBe(403);
    await proxy.close();
    expect(await readdir(folder)).toEqual([]);
  });

  it("does not stay half open where the path cannot be used", async () => {
    await expect(create(undefined).listen({ socketPath: join(folder, "x".repeat(120)) })).rejects.toThrow(/107 bytes/);
    await expect(create(undefined).listen({ socketPath: join(folder, "none", "s") })).rejects.toThrow(/ENOENT/);
    expect(await readdir(folder)).toEqual([]);
  });

  it.runIf(own === 0)("is the slot's socket and nobody else's", async () => {
    const path = join(folder, "egress.sock");
    await run("chmod", ["711", folder]);
    await create(slotUid).listen({ socketPath: path });
    const { uid, mode } = await stat(path);
    expect({ uid, mode: mode & 0o777 }).toEqual({ uid: slotUid, mode: 0o600 });
    const tryAs = (id: number) =>
      run(
        process.execPath,
        [
          "-e",
          `require("net").connect(${JSON.stringify(path)}).on("connect",()=>process.exit(0)).on("error",()=>process.exit(7))`,
        ],
        { uid: id, gid: id },
      ).then(
        () => 0,
        (error: { code: number }) => error.code,
      );
    expect(await tryAs(slotUid)).toBe(0);
    expect(await tryAs(slotUid + 1)).toBe(7);
    // The worker itself, as root, is not shut out, and is not asked who it is.
    expect(await askOn(path)).toBe(403);
    expect(warnings).toEqual([]);
  });

  it.runIf(own >= 0)("on loopback: a stranger that asks for nothing does not keep a place", async () => {
    await create(own + 1).listen({ loopback: true });
    const socket = connect(proxy.port, "127.0.0.1");
    socket.resume();
    await once(socket, "close");
    expect(proxy.report.connections).toBe(0);
  });

  it("on loopback: many at once, some of which hang up, are all told apart from a stranger's", async () => {
    await create(own).listen({ loopback: true });
    const ends = await Promise.all(
      Array.from({ length: 200 }, (_, index) => {
        return new Promise<string>((resolve) => {
          const socket = connect(proxy.port, "127.0.0.1", () => {
            socket.write("CONNECT nowhere.test:443 HTTP/1.1\r\n\r\n");
            if (index % 2 === 0) setTimeout(() => socket.resetAndDestroy(), index / 10);
          });
          let answer = "";
          socket.on("data", (chunk: Buffer) => (answer += chunk.toString()));
          socket.on("error", () => {});
          socket.on("close", () => resolve(answer.slice(0, 12)));
        });
      }),
    );
    expect(new Set(ends)).toEqual(new Set(["", "HTTP/1.1 403"]));
    expect(proxy.report.refused).toBeGreaterThanOrEqual(100);
    expect(warnings).toEqual([]);
  });
});
