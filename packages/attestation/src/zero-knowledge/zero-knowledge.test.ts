import fc from "fast-check";
import { beforeAll, describe, expect, it } from "vitest";
import { sampleInput, sampleNow } from "../test-support/sample.ts";
import {
  createBbsKey,
  derivePresentation,
  issueCredential,
  verifyPresentation,
  type BbsIssuerKey,
  type Credential,
  type Predicate,
  type Presentation,
} from "./index.ts";

const claims = {
  accountHolder: "Jane Roe",
  balance: { amount: "1250.50", currency: "EUR" },
  debt: { amount: "-310.25", currency: "EUR" },
  since: "2019-04-01",
  trips: 0,
  most: 225_179_981_368,
  active: true,
};
const issuer = "https://verify.example.com";
const now = () => sampleNow;

let key: BbsIssuerKey;
let otherKey: BbsIssuerKey;
let credential: Credential;
let presentation: Presentation;

const keysOf = (...keys: BbsIssuerKey[]) => ({ keys: keys.map(({ publicKey }) => publicKey) });
const verify = (input: unknown, more: Partial<Parameters<typeof verifyPresentation>[1]> = {}) =>
  verifyPresentation(input, { keys: keysOf(key), now: sampleNow, ...more });
const derive = (...predicates: Predicate[]) => derivePresentation(credential, { predicates });

beforeAll(async () => {
  [key, otherKey] = [await createBbsKey(), await createBbsKey()];
  credential = await issueCredential({ ...sampleInput, claims }, { issuer, key, now });
  presentation = await derivePresentation(credential, {
    predicates: [
      { field: "balance.amount", is: ">=", value: 1000 },
      { field: "debt.amount", is: "in range", min: "-500", max: 0 },
    ],
    reveal: ["since"],
    challenge: "question 1",
    keys: keysOf(key),
  });
}, 60_000);

describe("a proof", () => {
  it("shows that the values lie in their ranges, to whoever has the issuer's public key", async () => {
    const result = await verify(presentation, {
      keys: keysOf(otherKey, key),
      issuer,
      audience: "partner-1",
      nonce: "nonce-1",
      sessionId: sampleInput.sessionId,
      platform: sampleInput.platform,
      challenge: "question 1",
      require: [
        { field: "balance.amount", is: ">=", value: "999.99" },
        { field: "debt.amount", is: "<=", value: 0 },
        { field: "since", is: "<=", value: "2020-01-01" },
        { field: "since", is: "==", value: "2019-04-01" },
        { field: "balance.currency", is: "==", value: "EUR" },
      ],
    });
    expect(result).toMatchObject({
      ok: true,
      revealed: { since: "2019-04-01", "balance.currency": "EUR", "debt.currency": "EUR" },
      ranges: [
        { field: "balance.amount", min: "1000" },
        { field: "debt.amount", min: "-500", max: "0" },
      ],
    });
  });

  it("holds nothing of what it hides, and is small", () => {
    const text = JSON.stringify(presentation);
    expect(Object.keys(presentation.revealed)).toEqual(["balance.currency", "debt.currency", "since"]);
    for (const secret of ["1250", "310", "Jane"]) expect(text).not.toContain(secret);
    expect(Buffer.from(presentation.proof, "base64url").length).toBeLessThan(6000);
  });

  it("of the ends: zero, negative, the least and the most are met exactly", async () => {
    const exact = await derivePresentation(credential, {
      predicates: [
        { field: "trips", is: "in range", min: 0, max: 0 },
        { field: "debt.amount", is: "<=", value: "-310.25" },
        { field: "most", is: ">=", value: 225_179_981_368 },
      ],
    });
    expect(await verify(exact)).toMatchObject({
      ok: true,
      revealed: { "debt.currency": "EUR" },
      ranges: ["debt.amount", "most", "trips"].map((field) => ({ field })),
    });
  });

  it("of one value alone reveals it and proves no range", async () => {
    const shown = await derivePresentation(credential, {
      predicates: [
        { field: "active", is: "==", value: true },
        { field: "trips", is: ">=", value: 0 },
      ],
      reveal: ["trips"],
    });
    expect(shown).toMatchObject({ ranges: [], revealed: { active: true, trips: "0" } });
    expect(await verify(shown)).toMatchObject({ ok: true });
  });
});

describe("no proof is made", () => {
  it.each<[string, Predicate, string]>([
    ["of a bound just above", { field: "balance.amount", is: ">=", value: "1250.5001" }, "predicate_unmet"],
    ["of a bound just below", { field: "debt.amount", is: "<=", value: "-310.2501" }, "predicate_unmet"],
    ["of a day before", { field: "since", is: "<=", value: "2019-03-31" }, "predicate_unmet"],
    ["of another text", { field: "accountHolder", is: "==", value: "John Roe" }, "predicate_unmet"],
    ["of a field that is not there", { field: "income", is: ">=", value: 1 }, "field_unknown"],
    ["that compares texts", { field: "accountHolder", is: ">=", value: "A" }, "field_not_comparable"],
    ["with too fine a bound", { field: "trips", is: ">=", value: "0.00001" }, "bound_invalid"],
    ["with a bound that is no number", { field: "trips", is: ">=", value: "many" }, "bound_invalid"],
    ["with a bound beyond all numbers", { field: "trips", is: "<=", value: "225179981369" }, "bound_invalid"],
    ["of an empty range", { field: "trips", is: "in range", min: 2, max: 1 }, "bound_invalid"],
  ])("%s", async (_what, predicate, code) => {
    await expect(derive(predicate)).rejects.toMatchObject({ code });
  });

  it("of nothing, and from what is no credential or was altered", async () => {
    await expect(derive()).rejects.toMatchObject({ code: "nothing_asked" });
    const request = { reveal: ["trips"], keys: keysOf(key) };
    for (const input of [null, 7, "{}", {}, presentation, { ...credential, type: "other" }])
      await expect(derivePresentation(input, request)).rejects.toMatchObject({ code: "credential_malformed" });
    const richer = { ...credential, values: { ...credential.values, "balance.amount": "9000" } };
    await expect(derivePresentation(richer, request)).rejects.toMatchObject({ code: "credential_invalid" });
    await expect(derivePresentation(credential, { ...request, keys: keysOf(otherKey) })).rejects.toMatchObject({
      code: "unknown_key",
    });
  });
});

describe("a forgery is refused", () => {
  const altered = (change: (copy: Presentation) => void) => {
    const copy = structuredClone(presentation);
    change(copy);
    return copy;
  };

  it.each<[string, (copy: Presentation) => void, string]>([
    ["a higher bound", (copy) => Object.assign(copy.ranges[0] ?? {}, { min: "1001" }), "proof_invalid"],
    ["a lower bound", (copy) => Object.assign(copy.ranges[0] ?? {}, { min: "999" }), "proof_invalid"],
    ["a range less", (copy) => copy.ranges.pop(), "proof_invalid"],
    ["ranges in another order", (copy) => (copy.ranges = copy.ranges.toReversed()), "proof_invalid"],
    ["the range of another field", (copy) => Object.assign(copy.ranges[0] ?? {}, { field: "trips" }), "proof_invalid"],
    ["a range of no field", (copy) => Object.assign(copy.ranges[0] ?? {}, { field: "income" }), "field_unknown"],
    ["a range twice", (copy) => copy.ranges.push({ field: "debt.amount", max: "0" }), "malformed"],
    ["another revealed value", (copy) => Object.assign(copy.revealed, { since: "2018-04-01" }), "proof_invalid"],
    ["a revealed value more", (copy) => Object.assign(copy.revealed, { accountHolder: "J" }), "proof_invalid"],
    ["a revealed value less", (copy) => delete copy.revealed["since"], "proof_invalid"],
    ["a value in another spelling", (copy) => Object.assign(copy.revealed, { trips: "0.0" }), "value_invalid"],
    ["another challenge", (copy) => Object.assign(copy, { challenge: "question 2" }), "proof_invalid"],
    ["another session", (copy) => Object.assign(copy.header, { session_id: "other" }), "proof_invalid"],
    ["fields that swap names", (copy) => swapNames(copy, "balance.amount", "debt.amount"), "proof_invalid"],
    ["a coarser field", (copy) => Object.assign(copy.header.fields[2] ?? {}, { decimals: 0 }), "proof_invalid"],
    ["a bit of the proof", (copy) => (copy.proof = flipped(copy.proof)), "proof_invalid"],
    ["half of the proof", (copy) => (copy.proof = copy.proof.slice(0, 400)), "proof_invalid"],
    ["another key's name", (copy) => (copy.header.kid = otherKey.kid), "unknown_key"],
    ["a claim that nobody knows", (copy) => Object.assign(copy.header, { more: 1 }), "malformed"],
    ["another type", (copy) => Object.assign(copy, { type: "urn:attestream:predicate-proof:2" }), "unsupported_type"],
  ])("%s", async (_what, change, reason) => {
    expect(await verify(altered(change))).toMatchObject({ ok: false, reason });
  });

  it("the proof of another credential, and one of an issuer with a key of its own", async () => {
    const poor = { ...claims, balance: { amount: "3000", currency: "EUR" } };
    const theirs = await issueCredential({ ...sampleInput, sessionId: "another", claims: poor }, { issuer, key, now });
    const request = { predicates: [{ field: "balance.amount", is: ">=", value: 2000 } as const] };
    const other = await derivePresentation(theirs, request);
    expect(await verify({ ...other, header: presentation.header })).toMatchObject({ reason: "proof_invalid" });
    expect(await verify(other, { sessionId: sampleInput.sessionId })).toMatchObject({ reason: "session_mismatch" });

    const invented = await issueCredential({ ...sampleInput, claims: poor }, { issuer, key: otherKey, now });
    const forged = await derivePresentation(invented, request);
    expect(await verify(forged)).toMatchObject({ reason: "unknown_key" });
    const posing = { ...forged, header: { ...forged.header, kid: key.kid } };
    expect(await verify(posing)).toMatchObject({ reason: "proof_invalid" });
    const swapped = { keys: [{ ...otherKey.publicKey, kid: key.kid }] };
    expect(await verify(posing, { keys: swapped })).toMatchObject({ reason: "unknown_key" });
  });
});

describe("the verifier", () => {
  const year = 365 * 86_400_000;
  it.each([
    ["issuer", { issuer: "https://other.example.com" }, "issuer_mismatch"],
    ["partner", { audience: "partner-2" }, "audience_mismatch"],
    ["session's nonce", { nonce: "nonce-2" }, "nonce_mismatch"],
    ["platform", { platform: { id: 8 } }, "platform_mismatch"],
    ["challenge", { challenge: "question 2" }, "challenge_mismatch"],
    ["time: before", { now: new Date(sampleNow.getTime() - 120_000) }, "not_yet_valid"],
    ["time: after", { now: new Date(sampleNow.getTime() + year) }, "expired"],
    ["key set", { keys: { keys: "none" } }, "invalid_key_set"],
    ["empty key set", { keys: { keys: [] } }, "unknown_key"],
    ["more", { require: [{ field: "balance.amount", is: ">=", value: "1000.01" } as const] }, "requirement_unmet"],
    ["other end", { require: [{ field: "balance.amount", is: "<=", value: 9000 } as const] }, "requirement_unmet"],
    ["hidden value", { require: [{ field: "active", is: "==", value: true } as const] }, "requirement_unmet"],
  ])("who expects another %s is told", async (_what, more, reason) => {
    expect(await verify(presentation, more)).toMatchObject({ ok: false, reason });
  });

  it("takes any input and never throws", async () => {
    await fc.assert(
      fc.asyncProperty(fc.jsonValue(), async (input) => {
        expect(await verify(input)).toMatchObject({ ok: false });
      }),
      { numRuns: 100 },
    );
    const deep = JSON.parse(`${"[".repeat(50_000)}${"]".repeat(50_000)}`) as unknown;
    expect(await verify({ ...presentation, revealed: { since: deep } })).toMatchObject({ ok: false });
  });
});

function swapNames(copy: Presentation, a: string, b: string): void {
  for (const field of copy.header.fields) field.name = field.name === a ? b : field.name === b ? a : field.name;
}

function flipped(text: string): string {
  const bytes = Buffer.from(text, "base64url");
  bytes[200] = (bytes[200] ?? 0) ^ 1;
  return bytes.toString("base64url");
}
