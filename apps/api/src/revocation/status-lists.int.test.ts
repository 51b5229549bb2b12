import { randomUUID } from "node:crypto";
import { getListFromStatusListJWT } from "@sd-jwt/jwt-status-list";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createSigningKey, type SigningKey } from "@attestream/attestation";
import { openTemplateCopy, type TemplateCopy } from "../test-support/open-template-copy.ts";
import { startSessions } from "../webhooks/test-support/start-sessions.ts";
import { signStatusList } from "./sign-status-list.ts";
import { createStatusLists } from "./status-lists.ts";

let database: TemplateCopy;
let api: Awaited<ReturnType<typeof startSessions>>;
let key: SigningKey;
beforeAll(async () => {
  database = await openTemplateCopy();
  api = await startSessions({ pglite: database.pglite });
  key = await createSigningKey();
});
afterAll(async () => {
  await api[Symbol.asyncDispose]();
  await database[Symbol.asyncDispose]();
});

const lists = (draw: (below: number) => number) =>
  createStatusLists({
    db: api.db,
    keys: { active: async () => key },
    issuer: "https://verify.example.com",
    now: () => new Date(),
    draw,
  });

test("another's library reads the list", async () => {
  const revoked = [0, 7, 8, 1000, 2 ** 17 - 1];
  const token = await signStatusList(
    { uri: "https://verify.example.com/status-lists/1", size: 2 ** 17, revoked, issuedAt: new Date(), lifeMs: 60_000 },
    key,
  );
  const list = getListFromStatusListJWT(token);
  expect(list.statusList.length).toBe(2 ** 17);
  expect(list.statusList.flatMap((status, index) => (status === 0 ? [] : [index]))).toEqual(revoked);
});

test("a session has one place, drawn, that no other has; a list that fills up is followed by another", async () => {
  const ids: string[] = [];
  for (let count = 0; count < 3; count++) ids.push((await api.run({ none: true }, { id: randomUUID() })).id);
  const [first = "", second = "", third = ""] = ids;
  const place = await lists(() => 4711).place(first);
  expect(place).toMatchObject({ idx: 4711, uri: `https://verify.example.com/status-lists/${place.listId}` });
  expect(await lists(() => 1).place(first)).toEqual(place);
  const draws = [4711, 4711, 5];
  const other = await lists(() => draws.shift() ?? 0).place(second);
  expect(other).toMatchObject({ idx: 5, listId: place.listId });
  // Nothing free however often it draws: then the list is as good as full.
  const next = await lists(() => 4711).place(third);
  expect(next.idx).toBe(4711);
  expect(next.listId).toBeGreaterThan(place.listId);
  expect(await lists(() => 0).token(next.listId)).not.toBeNull();
  expect(await lists(() => 0).token(next.listId + 1)).toBeNull();
});
