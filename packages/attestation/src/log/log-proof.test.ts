import { expect, test } from "vitest";
import { createSigningKey } from "../issue/signing-key.ts";
import { growLog } from "../test-support/memory-log.ts";
import { signPayload } from "../test-support/sample.ts";
import { openCheckpoint, signCheckpoint } from "./checkpoint.ts";
import { encodeHash, logEntryOf, verifyLogProof } from "./log-proof.ts";
import { proveInclusion, rootOf } from "./log-tree.ts";

const origin = "https://verify.example.com/log";
const issuedAt = new Date("2026-03-24T12:05:00.000Z");
const jwts = ["a.b.c", "d.e.f", "g.h.i"];

async function sample() {
  const key = await createSigningKey();
  const { store, head } = growLog(jwts.map(logEntryOf));
  const checkpoint = await signCheckpoint({ origin, size: head.size, root: rootOf(head), issuedAt }, key);
  const inclusion = (await proveInclusion(store, 1, 3)).map(encodeHash);
  return { key, jwks: { keys: [key.publicJwk] }, proof: { id: origin, index: 1, size: 3, inclusion, checkpoint } };
}

test("a proof leads from the attestation to a root that the issuer signed", async () => {
  const { jwks, proof } = await sample();
  expect(await verifyLogProof(proof, { jwt: "d.e.f", jwks, origin })).toMatchObject({
    ok: true,
    checkpoint: { origin, size: 3, issuedAt },
  });
});

test("what is not in the log, or not in this one, is refused with its reason", async () => {
  const { key, jwks, proof } = await sample();
  const check = (given: unknown, jwt = "d.e.f") => verifyLogProof(given, { jwt, jwks, origin });
  expect(await check(proof, "x.y.z")).toEqual({ ok: false, reason: "inclusion" });
  expect(await check({ ...proof, index: 2 })).toEqual({ ok: false, reason: "inclusion" });
  expect(await check({ ...proof, size: 4 })).toEqual({ ok: false, reason: "checkpoint" });
  expect(await check({ ...proof, id: "https://other.example/log" })).toEqual({ ok: false, reason: "checkpoint" });
  expect(await check({ ...proof, inclusion: ["short"] })).toEqual({ ok: false, reason: "malformed" });
  expect(await check(null)).toEqual({ ok: false, reason: "malformed" });
  const other = await signCheckpoint({ origin, size: 3, root: new Uint8Array(32), issuedAt }, await createSigningKey());
  expect(await check({ ...proof, checkpoint: other })).toEqual({ ok: false, reason: "checkpoint" });
  // Signed by the right key, but as an attestation: one kind must not pass for the other.
  const asAttestation = await signPayload({ origin, size: 3, root: "0".repeat(64), iat: 1 }, key);
  expect(await openCheckpoint(asAttestation, jwks)).toBeNull();
  expect(await check({ ...proof, checkpoint: asAttestation })).toEqual({ ok: false, reason: "checkpoint" });
});
