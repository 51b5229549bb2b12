import {
  appendEntry,
  emptyHead,
  openCheckpoint,
  rootOf,
  verifyConsistency,
  type LogHead,
} from "@attestream/attestation/log";
import { logCheckpointSchema, logConsistencySchema, logEntriesSchema } from "@attestream/shared/partner-api";
import { z } from "zod";

/** What an auditor keeps from one check to the next. */
export const keptCheckpointSchema = z.object({
  origin: z.string(),
  size: z.int().min(0),
  root: z.string().regex(/^[0-9a-f]{64}$/),
});

type KeptCheckpoint = z.infer<typeof keptCheckpointSchema>;

/** The log is not what it should be. The message says in what. */
export class LogError extends Error {}

const pageSize = 1_000;

/**
 * Checks an installation's whole log over its public paths, as anybody may: the checkpoint is signed, its
 * root is that of the entries, and what was kept from before is the log's beginning. Rejects with LogError.
 */
export async function checkLog(options: {
  baseUrl: string;
  kept: KeptCheckpoint | null;
}): Promise<{ size: number; checkpoint: KeptCheckpoint }> {
  const { baseUrl, kept } = options;
  const told = logCheckpointSchema.parse(await getJson(baseUrl, "/log/checkpoint"));
  const opened = await openCheckpoint(told.checkpoint, await getJson(baseUrl, "/.well-known/jwks.json"));
  if (opened === null) throw new LogError("The checkpoint is not signed by the issuer's keys.");
  const { origin, size } = opened;
  const root = toHex(opened.root);
  if (origin !== told.origin || size !== told.size || root !== told.root)
    throw new LogError("The checkpoint says something else than what is signed in it.");

  let head: LogHead = emptyHead;
  while (head.size < size) {
    const path = `/log/entries?start=${head.size}&end=${Math.min(size, head.size + pageSize)}`;
    const { leaves } = logEntriesSchema.parse(await getJson(baseUrl, path));
    if (leaves.length === 0) throw new LogError(`Entry ${head.size} of ${size} is not given out.`);
    for (const leaf of leaves) head = appendEntry(head, Buffer.from(leaf, "hex")).head;
  }
  if (toHex(rootOf(head)) !== root) throw new LogError("The entries are not those that the checkpoint is about.");

  if (kept !== null) await checkGrown(baseUrl, kept, { origin, size, root: opened.root });
  return { size, checkpoint: { origin, size, root } };
}

async function checkGrown(
  baseUrl: string,
  kept: KeptCheckpoint,
  now: { origin: string; size: number; root: Uint8Array },
): Promise<void> {
  if (kept.origin !== now.origin) throw new LogError(`The checkpoint that was kept is of another log: ${kept.origin}`);
  if (kept.size > now.size) throw new LogError(`The log is shorter than it was: ${now.size}, not ${kept.size}.`);
  const path = `/log/proof/consistency?first=${kept.size}&second=${now.size}`;
  const { consistency } = logConsistencySchema.parse(await getJson(baseUrl, path));
  const isGrown = verifyConsistency({
    first: kept.size,
    second: now.size,
    path: consistency.map((hash) => Buffer.from(hash, "base64")),
    firstRoot: Buffer.from(kept.root, "hex"),
    secondRoot: now.root,
  });
  if (!isGrown) throw new LogError(`The first ${kept.size} entries were changed since.`);
}

async function getJson(baseUrl: string, path: string): Promise<unknown> {
  const response = await fetch(`${baseUrl}${path}`, { redirect: "error", signal: AbortSignal.timeout(30_000) });
  if (!response.ok) throw new LogError(`${path} was answered with ${response.status}.`);
  return response.json();
}

function toHex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString("hex");
}
