import { randomBytes, randomUUID } from "node:crypto";
import { createViewerEnd } from "@attestream/sealed-channel/viewer";
import { createSessionSealKey, createWorkerIdentity } from "@attestream/sealed-channel/worker";

export interface Messages {
  count: number;
  bytes: number;
}

/** CPU seconds of this process for a worker's part: sealing the messages down, opening those that have come up. */
export async function sealingSeconds(down: Messages, up: Messages): Promise<number> {
  const scope = { sessionId: randomUUID(), epoch: 1 };
  const identity = await createWorkerIdentity();
  const key = await createSessionSealKey(scope);
  const statement = await identity.sign({ ...scope, publicKey: key.publicKey });
  const viewer = await createViewerEnd({
    statement,
    workerKeys: { keys: [identity.publicJwk] },
    sessionId: scope.sessionId,
  });
  const worker = await key.accept(viewer.offer);
  const picture = randomBytes(sizeOf(down));
  const said = randomBytes(sizeOf(up));
  const arrived: Uint8Array[] = [];
  for (let index = 0; index < up.count; index += 1) arrived.push(await viewer.seal(said));

  const before = process.cpuUsage();
  for (let index = 0; index < down.count; index += 1) worker.seal(picture);
  for (const message of arrived) await worker.open(message);
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1e6;
}

const sizeOf = ({ count, bytes }: Messages) => (count === 0 ? 0 : Math.round(bytes / count));
