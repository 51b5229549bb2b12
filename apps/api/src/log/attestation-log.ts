import type { Kysely, Transaction } from "kysely";
import {
  appendEntry,
  encodeHash,
  hashBytes,
  headAt,
  proveConsistency,
  proveInclusion,
  rootOf,
  signCheckpoint,
  verifyInclusion,
  type LogHead,
  type NodeStore,
} from "@attestream/attestation/log";
import type { LogCheckpoint, LogProof } from "@attestream/shared/partner-api";
import type { SigningKeys } from "../attestation/signing-keys.ts";
import type { Database } from "../storage/schema.ts";
import { createNodeStore } from "./node-store.ts";

export interface AttestationLog {
  /** In the transaction that stores the attestation: it is in the log, or it does not exist. */
  append(trx: Transaction<Database>, sessionId: string, entry: Uint8Array): Promise<void>;
  /** Null where the session's attestation is older than the log. */
  prove(by: { sessionId: string } | { entry: Uint8Array }): Promise<LogProof | null>;
  checkpoint(): Promise<LogCheckpoint>;
  /** Null where the log is not that long. */
  consistency(first: number, second: number): Promise<string[] | null>;
  /** Hex. */
  entries(start: number, end: number): Promise<string[]>;
}

/** A checkpoint of the same size is signed anew after so long, so that a reader sees that the log is alive. */
const checkpointLifeMs = 60_000;

/** The operator's append-only log of attestations: one in a database, however many processes write to it. */
export function createAttestationLog(deps: {
  db: Kysely<Database>;
  keys: Pick<SigningKeys, "active">;
  /** PUBLIC_URL without a slash at the end. */
  issuer: string;
  now: () => Date;
}): AttestationLog {
  const { db, keys, now } = deps;
  const origin = `${deps.issuer}/log`;
  const store = createNodeStore(db);
  let kept: { told: LogCheckpoint; kid: string; until: number } | null = null;

  async function sign(head: LogHead): Promise<LogCheckpoint> {
    const key = await keys.active();
    const issuedAt = now();
    if (kept?.told.size === head.size && kept.kid === key.kid && kept.until > issuedAt.getTime()) return kept.told;
    const root = rootOf(head);
    const checkpoint = await signCheckpoint({ origin, size: head.size, root, issuedAt }, key);
    const told = { origin, size: head.size, root: Buffer.from(root).toString("hex"), checkpoint };
    kept = { told, kid: key.kid, until: issuedAt.getTime() + checkpointLifeMs };
    return told;
  }

  return {
    async append(trx, sessionId, entry) {
      // The lock, held until the commit: whoever else appends waits and goes on from what we leave.
      const row = await trx
        .selectFrom("log_head")
        .select(["size", "frontier"])
        .where("id", "=", 1)
        .forUpdate()
        .executeTakeFirstOrThrow();
      const { head, nodes } = appendEntry({ size: row.size, frontier: splitHashes(row.frontier) }, entry);
      await trx
        .insertInto("log_nodes")
        .values(nodes.map(({ level, index, hash }) => ({ level, index, hash: Buffer.from(hash) })))
        .execute();
      await trx
        .insertInto("log_entries")
        .values({ index: row.size, entry: Buffer.from(entry), session_id: sessionId, at: now() })
        .execute();
      await trx
        .updateTable("log_head")
        .set({ size: head.size, frontier: Buffer.concat(head.frontier) })
        .where("id", "=", 1)
        .execute();
      // As a stranger would, while it can still be taken back.
      await assertIncluded(createNodeStore(trx), head, row.size, entry);
    },

    async prove(by) {
      const found = await db
        .selectFrom("log_entries")
        .select("index")
        .$if("sessionId" in by, (query) => query.where("session_id", "=", "sessionId" in by ? by.sessionId : ""))
        .$if("entry" in by, (query) => query.where("entry", "=", Buffer.from("entry" in by ? by.entry : [])))
        .orderBy("index", "desc")
        .executeTakeFirst();
      if (!found) return null;
      const head = await readHead(db);
      const [path, { size, checkpoint }] = await Promise.all([
        proveInclusion(store, found.index, head.size),
        sign(head),
      ]);
      return { id: origin, index: found.index, size, inclusion: path.map(encodeHash), checkpoint };
    },

    checkpoint: async () => sign(await readHead(db)),

    async consistency(first, second) {
      const { size } = await readHead(db);
      if (first > second || second > size) return null;
      return (await proveConsistency(store, first, second)).map(encodeHash);
    },

    async entries(start, end) {
      const rows = await db
        .selectFrom("log_entries")
        .select("entry")
        .where("index", ">=", start)
        .where("index", "<", end)
        .orderBy("index")
        .execute();
      return rows.map(({ entry }) => Buffer.from(entry).toString("hex"));
    },
  };
}

async function readHead(db: Kysely<Database>): Promise<LogHead> {
  const { size, frontier } = await db
    .selectFrom("log_head")
    .select(["size", "frontier"])
    .where("id", "=", 1)
    .executeTakeFirstOrThrow();
  return { size, frontier: splitHashes(frontier) };
}

async function assertIncluded(store: NodeStore, head: LogHead, index: number, entry: Uint8Array): Promise<void> {
  const path = await proveInclusion(store, index, head.size);
  const isWhole = verifyInclusion({ entry, index, size: head.size, path, root: rootOf(head) });
  // A head that the stored subtrees do not lead to was changed behind our back: nothing may be built on it.
  const stored = await headAt(store, head.size);
  if (!isWhole || !Buffer.from(rootOf(stored)).equals(rootOf(head)))
    throw new Error("The log in the database is broken: its subtrees do not lead to its head");
}

function splitHashes(bytes: Uint8Array): Uint8Array[] {
  return Array.from({ length: bytes.length / hashBytes }, (_, index) =>
    bytes.subarray(index * hashBytes, (index + 1) * hashBytes),
  );
}
