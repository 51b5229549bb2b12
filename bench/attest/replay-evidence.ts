import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { connect } from "node:net";
import { createReplayClient, openReplay, type ReplayRequest } from "@attestream/attestation/tls-evidence";
import type { RowGroup } from "../report/bench.ts";
import { cpuMs } from "./cpu-ms.ts";
import { evidenceFloorMs } from "./evidence-floor.ts";
import { fetchPlain, serverName, startEvidenceServer, target, type EvidenceServer } from "./evidence-server.ts";

/**
 * A request with a client of our own, its cookie hidden, and its evidence opened: how much more that computes than the same
 * request by Node over a new connection; server and proxy are in both. The floor: one signature verified and the bytes hashed.
 */
export const replayEvidence: RowGroup = {
  title: "replayed evidence",
  rows: ["replay.ratio"],
  async measure(run) {
    const blocks = run.quick ? 1 : 20;
    await using server = await startEvidenceServer();
    const floor = evidenceFloorMs(await fetchPlain(server));
    // The first of each finds code that has not been compiled yet.
    for (let index = 0; index < perBlock; index += 1) await replay(server);
    const spent = { plain: 0, replayed: 0 };
    for (let block = 0; block < blocks; block += 1) {
      run.signal.throwIfAborted();
      // In turn, so that what the machine does besides falls on both.
      spent.plain += await cpuOf(() => fetchPlain(server));
      spent.replayed += await cpuOf(() => replay(server));
    }
    const each = (total: number) => total / (blocks * perBlock);
    const [fetchMs, replayedMs] = [each(spent.plain), each(spent.replayed)];
    return {
      "replay.ratio": {
        value: Math.max(0, replayedMs - fetchMs),
        floor,
        note: `mean of ${blocks * perBlock}, computing time: ${replayedMs.toFixed(2)} ms with evidence, ${fetchMs.toFixed(2)} ms by Node without`,
      },
    };
  },
};

const perBlock = 20;
const request: ReplayRequest = {
  target,
  headers: [["accept", "application/json"]],
  secretHeaders: [["cookie", `session=${"s".repeat(64)}`]],
};

async function cpuOf(run: () => Promise<unknown>): Promise<number> {
  const startedAt = cpuMs();
  for (let index = 0; index < perBlock; index += 1) await run();
  return cpuMs() - startedAt;
}

async function replay({ proxy, roots, body }: EvidenceServer): Promise<void> {
  const now = new Date();
  const client = createReplayClient({ serverName, roots, now, random: randomBytes });
  const socket = connect({ port: proxy.port, host: "127.0.0.1" });
  await once(socket, "connect");
  const answered = Promise.withResolvers<void>();
  socket.on("error", answered.reject);
  socket.on("data", (chunk: Buffer) => {
    try {
      const answer = client.receive(chunk);
      if (answer.length > 0) socket.write(answer);
      if (client.state === "ready") socket.write(client.request(request));
      if (client.state === "answered") answered.resolve();
    } catch (error) {
      answered.reject(error);
    }
  });
  socket.write(client.start());
  await answered.promise;
  socket.destroy();
  const recorded = proxy.connections.pop();
  const { serverSecrets, clientKeys } = client;
  if (recorded === undefined || serverSecrets === null || clientKeys === null) throw new Error("there was no answer");
  const connection = { serverName, sent: Buffer.concat(recorded.sent), received: Buffer.concat(recorded.received) };
  const opened = openReplay(connection, serverSecrets, clientKeys, { roots, now });
  if (Buffer.from(opened.response.body).toString() !== body) throw new Error("it is another answer");
}
