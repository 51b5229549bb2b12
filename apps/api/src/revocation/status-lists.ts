import { randomInt } from "node:crypto";
import type { Kysely, Selectable } from "kysely";
import type { SigningKeys } from "../attestation/signing-keys.ts";
import type { AttestationStatusesTable, Database } from "../storage/schema.ts";
import { signStatusList } from "./sign-status-list.ts";

export type StatusRow = Selectable<AttestationStatusesTable>;

export interface StatusLists {
  /** The session's place in a list; the same however often it is asked. */
  place(sessionId: string): Promise<{ idx: number; uri: string; listId: number }>;
  /** Null for a session that has none. */
  of(sessionId: string): Promise<StatusRow | null>;
  uriOf(listId: number): string;
  /** The list as a signed token; null when there is none of this id. */
  token(listId: number): Promise<string | null>;
}

/** Places in a list. Its size, and that places are drawn, tell nobody how many attestations there are, or which came after which. */
const listSize = 2 ** 17;
/** So many taken places in a row mean that a list is about a third full. */
const maxDraws = 8;
/** How long a reader may go by a copy. */
export const statusLifeMs = 5 * 60_000;

export function createStatusLists(deps: {
  db: Kysely<Database>;
  keys: Pick<SigningKeys, "active">;
  /** PUBLIC_URL without a slash at the end. */
  issuer: string;
  now: () => Date;
  /** Below its argument. */
  draw?: (below: number) => number;
}): StatusLists {
  const { db, keys, issuer, now, draw = randomInt } = deps;
  const kept = new Map<number, { token: string; revoked: number; kid: string; until: number }>();
  const uriOf = (listId: number) => `${issuer}/status-lists/${listId}`;

  async function of(sessionId: string): Promise<StatusRow | null> {
    const row = await db
      .selectFrom("attestation_statuses")
      .selectAll()
      .where("session_id", "=", sessionId)
      .executeTakeFirst();
    return row ?? null;
  }

  async function newestList(): Promise<number | undefined> {
    return (await db.selectFrom("status_lists").select("id").orderBy("id", "desc").executeTakeFirst())?.id;
  }

  async function openList(): Promise<number> {
    const { id } = await db
      .insertInto("status_lists")
      .values({ created_at: now() })
      .returning("id")
      .executeTakeFirstOrThrow();
    return id;
  }

  return {
    uriOf,
    of,

    async place(sessionId) {
      let listId = (await newestList()) ?? (await openList());
      for (let draws = 0; ; draws++) {
        const known = await of(sessionId);
        if (known) return { idx: known.index, uri: uriOf(known.list_id), listId: known.list_id };
        if (draws > 0 && draws % maxDraws === 0) listId = await openList();
        await db
          .insertInto("attestation_statuses")
          .values({ session_id: sessionId, list_id: listId, index: draw(listSize), revoked_at: null, reason: null })
          // Taken by another attestation, or this session has one by now: the next look tells.
          .onConflict((conflict) => conflict.doNothing())
          .execute();
      }
    },

    async token(listId) {
      const list = await db.selectFrom("status_lists").select("id").where("id", "=", listId).executeTakeFirst();
      if (!list) return null;
      const rows = await db
        .selectFrom("attestation_statuses")
        .select("index")
        .where("list_id", "=", listId)
        .where("revoked_at", "is not", null)
        .execute();
      const key = await keys.active();
      const issuedAt = now();
      const before = kept.get(listId);
      // Nothing is ever taken back: as many revoked are the same revoked.
      if (before?.revoked === rows.length && before.kid === key.kid && before.until > issuedAt.getTime())
        return before.token;
      const token = await signStatusList(
        { uri: uriOf(listId), size: listSize, revoked: rows.map(({ index }) => index), issuedAt, lifeMs: statusLifeMs },
        key,
      );
      // Half its life: what is given out is never about to expire.
      kept.set(listId, {
        token,
        revoked: rows.length,
        kid: key.kid,
        until: issuedAt.getTime() + statusLifeMs / 2,
      });
      return token;
    },
  };
}
