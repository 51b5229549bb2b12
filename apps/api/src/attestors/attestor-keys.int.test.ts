import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createSigningKey, type SigningKey } from "@attestream/attestation";
import { Kysely, PGliteDialect } from "kysely";
import { silentLog } from "../http/log.ts";
import { systemClock } from "../sessions/clock.ts";
import type { Database } from "../storage/schema.ts";
import { openTemplateCopy, type TemplateCopy } from "../test-support/open-template-copy.ts";
import { createAttestorKeys } from "./attestor-keys.ts";
import { fetchAttestorKeys, parseKeySet } from "./fetch-keys.ts";

let copy: TemplateCopy;
let db: Kysely<Database>;
let key: SigningKey;
beforeAll(async () => {
  copy = await openTemplateCopy();
  db = new Kysely<Database>({ dialect: new PGliteDialect({ pglite: copy.pglite }) });
  key = await createSigningKey();
});
afterAll(() => copy[Symbol.asyncDispose]());

/** An attestor's key set on a real socket; null answers nothing useful. */
async function startAttestor(initial: unknown) {
  let body = initial;
  let asked = 0;
  const server = createServer((request, response) => {
    asked += 1;
    response.statusCode = request.url === "/.well-known/jwks.json" && body !== null ? 200 : 503;
    response.end(JSON.stringify(body));
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    asked: () => asked,
    answer: (next: unknown) => void (body = next),
    async [Symbol.asyncDispose]() {
      server.close();
      server.closeAllConnections();
      await once(server, "close");
    },
  };
}

const start = (attestors: { url: string; kid?: string }[], pinned: SigningKey[] = []) =>
  createAttestorKeys({
    db,
    attestors,
    pinned: pinned.map(({ publicJwk }) => publicJwk),
    fetchKeys: (url) => fetchAttestorKeys(url, undefined),
    clock: systemClock,
    log: silentLog,
  });

test("an attestor that was away is asked again when its word is needed, and stays known when it is gone", async () => {
  await using attestor = await startAttestor(null);
  const keys = start([attestor]);
  expect(await keys.trusted([key.kid])).toEqual({ keys: [] });
  expect(keys.present()).toEqual([{ url: attestor.url, kids: [], isReachable: false }]);
  attestor.answer({ keys: [key.publicJwk] });
  expect(await keys.trusted([key.kid])).toEqual({ keys: [key.publicJwk] });
  expect(keys.present()).toEqual([{ url: attestor.url, kids: [key.kid], isReachable: true }]);
  const asked = attestor.asked();
  await keys.trusted([key.kid]);
  expect(attestor.asked()).toBe(asked);

  attestor.answer(null);
  const stranger = await createSigningKey();
  expect(await keys.trusted([stranger.kid])).toEqual({ keys: [key.publicJwk] });
  expect(keys.present()).toMatchObject([{ kids: [key.kid], isReachable: false }]);

  // What it vouched for stays checkable, also after it was taken out of the settings.
  await keys.remember([key.kid, stranger.kid]);
  await keys.remember([key.kid]);
  const later = start([]);
  expect(await later.trusted([key.kid])).toEqual({ keys: [] });
  expect(await later.published()).toEqual({ keys: [key.publicJwk] });
});

test("a pinned attestor counts with that key only", async () => {
  const other = await createSigningKey();
  await using attestor = await startAttestor({ keys: [key.publicJwk, other.publicJwk] });
  const pinned = start([{ url: attestor.url, kid: other.kid }]);
  expect(await pinned.trusted([key.kid])).toEqual({ keys: [other.publicJwk] });
  const wrong = start([{ url: attestor.url, kid: (await createSigningKey()).kid }], [key]);
  // The operator's file counts without asking.
  expect(await wrong.trusted([other.kid])).toEqual({ keys: [key.publicJwk] });
  expect(wrong.present()).toMatchObject([{ isReachable: false }]);
});

test("a key under another one's name is none", async () => {
  const other = await createSigningKey();
  await expect(parseKeySet({ keys: [{ ...other.publicJwk, kid: key.kid }] })).rejects.toThrow("thumbprint");
  await expect(parseKeySet({ keys: [{ kty: "RSA" }, null] })).rejects.toThrow("thumbprint");
  await expect(parseKeySet([])).rejects.toThrow();
  expect(await parseKeySet({ keys: [{ ...key.publicJwk, d: "x" }, other.publicJwk] })).toEqual([other.publicJwk]);
});
