import { createHash } from "node:crypto";
import {
  findResponse,
  HandshakeWatcher,
  hashSecrets,
  openConnection,
  parseKeyLogLine,
  readResponses,
} from "@attestream/attestation/tls-evidence";
import type { RowGroup } from "../report/bench.ts";
import { cpuMs } from "./cpu-ms.ts";
import { evidenceFloorMs } from "./evidence-floor.ts";
import { fetchPlain, serverName, startEvidenceServer, type PlainFetch } from "./evidence-server.ts";

/**
 * Everything that evidence of a fetch costs beside the fetch: watching the bytes pass, the commitment, opening and checking
 * the connection, reading its response and finding it by its hash. The floor: one signature verified and the bytes hashed.
 */
export const passiveEvidence: RowGroup = {
  title: "passive evidence",
  rows: ["passive.ratio"],
  async measure(run) {
    const times = run.quick ? 20 : 400;
    await using server = await startEvidenceServer();
    const bodySha256 = createHash("sha256").update(server.body).digest("hex");
    const fetched: PlainFetch[] = [];
    for (let index = 0; index < times; index += 1) {
      run.signal.throwIfAborted();
      fetched.push(await fetchPlain(server));
    }
    const [first] = fetched;
    if (first === undefined) throw new Error("nothing was fetched");
    const floor = evidenceFloorMs(first);
    const warmUp = fetched.slice(0, times / 4);
    for (const one of warmUp) openEvidence(one, server.roots, bodySha256);
    const startedAt = cpuMs();
    for (const one of fetched) openEvidence(one, server.roots, bodySha256);
    const value = (cpuMs() - startedAt) / times;
    return { "passive.ratio": { value, floor, note: `mean of ${times} connections, computing time` } };
  },
};

function openEvidence(
  { sent, received, chunks, keyLog }: PlainFetch,
  roots: readonly string[],
  bodySha256: string,
): void {
  const watcher = new HandshakeWatcher();
  const [hello, ...rest] = chunks.sent;
  watcher.fromClient(hello ?? new Uint8Array());
  for (const chunk of chunks.received) watcher.fromServer(chunk);
  for (const chunk of rest) watcher.fromClient(chunk);
  const lines = keyLog.map(parseKeyLogLine);
  const secretOf = (label: string) => lines.find((line) => line?.label === label)?.secret ?? new Uint8Array();
  const secrets = {
    handshake: secretOf("SERVER_HANDSHAKE_TRAFFIC_SECRET"),
    application: secretOf("SERVER_TRAFFIC_SECRET_0"),
  };
  hashSecrets(secrets);
  const opened = openConnection({ serverName, sent, received }, secrets, { roots, now: new Date() });
  const found = findResponse(readResponses(opened), bodySha256);
  if (found === null || watcher.state !== "protected") throw new Error("the response is not in the evidence");
}
