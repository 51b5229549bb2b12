import type { PresentationResult, rangeInWords as RangeInWords } from "@attestream/attestation/zero-knowledge";
import { verifyAttestation, verifyErasureReceipt, type VerifyResult } from "@attestream/attestation/verify";
import * as z from "zod";
import { isProof, type Given, type GivenFile } from "./given.ts";
import type { Outcome, Said } from "./outcome.ts";

const moneySchema = z.strictObject({ amount: z.union([z.string(), z.number()]), currency: z.string() });

/** What the person at the page knows about the proof. Empty: not checked. */
export interface Expected {
  issuer: string;
  audience: string;
  nonce: string;
}

export const nothingExpected: Expected = { issuer: "", audience: "", nonce: "" };

/** Checks the proof that was added last with all else that was given. Opens no connection. */
export async function checkGiven(files: readonly GivenFile[], expected: Expected, now: Date): Promise<Outcome> {
  const proof = files.findLast(isProof)?.given;
  if (proof === undefined) {
    const last = files.at(-1)?.given;
    if (last === undefined) return { state: "empty" };
    const message = last.kind === "unknown" ? last.problem : "There is no proof among the files yet. Add it too.";
    return { state: "unchecked", message };
  }
  switch (proof.kind) {
    case "attestation":
      return checkAttestation(proof, files, expected, now);
    case "predicate-proof":
      return checkPredicateProof(proof, files, expected, now);
    case "receipt":
      return checkReceipt(proof, files, expected);
    default:
      return { state: "empty" };
  }
}

const given = <K extends Given["kind"]>(files: readonly GivenFile[], kind: K) =>
  files.map((file) => file.given).filter((one): one is Extract<Given, { kind: K }> => one.kind === kind);

const written = ({ issuer, audience }: Expected) => ({
  ...(issuer === "" ? {} : { issuer }),
  ...(audience === "" ? {} : { audience }),
});

async function checkAttestation(
  { proof, issuer, signerKid }: Extract<Given, { kind: "attestation" }>,
  files: readonly GivenFile[],
  expected: Expected,
  now: Date,
): Promise<Outcome> {
  const sets = given(files, "keys");
  // The set with the key that signed is the issuer's; another one is of attestors whom the person trusts.
  const own =
    sets.findLast(({ kids }) => signerKid !== null && kids.includes(signerKid)) ??
    (sets.length === 1 ? sets[0] : undefined);
  if (own === undefined) return keysMissing("keys", issuer);
  const attestors = sets.filter((set) => set !== own).flatMap(({ json }) => (json as { keys: unknown[] }).keys);
  const statusList = given(files, "status-list").at(-1)?.jwt;
  const result = await verifyAttestation(proof.attestation, {
    jwks: own.json,
    now,
    ...(attestors.length === 0 ? {} : { attestors: { keys: attestors } }),
    ...(statusList === undefined ? {} : { statusList }),
    ...(proof.evidence === undefined ? {} : { evidence: proof.evidence }),
    ...(proof.log === undefined ? {} : { log: proof.log }),
    ...(proof.proofHash === undefined ? {} : { proofHash: proof.proofHash }),
    ...(proof.sessionId === undefined ? {} : { sessionId: proof.sessionId }),
    ...written(expected),
    ...(expected.nonce === "" ? {} : { nonce: expected.nonce }),
  });
  if (!result.ok) return refused(result, "keys", issuer);
  const { claims } = result;
  return {
    state: "valid",
    what: "attestation",
    summary: `${claims.iss} has signed this about an account at ${claims.platform.name}, on ${day(claims.iat)}.`,
    said: attestedFields(result),
    proven: result.proven,
    notProven: result.notProven,
  };
}

function attestedFields({ disclosed, witnessed }: Extract<VerifyResult, { ok: true }>): Said[] {
  return Object.entries(disclosed).map(([name, value]) => {
    const witness = witnessed[name];
    return {
      name,
      value: inWords(value),
      note: witness === undefined ? "the issuer’s word" : `sent by ${witness.serverName}, seen by an attestor`,
    };
  });
}

async function checkPredicateProof(
  { json, issuer }: Extract<Given, { kind: "predicate-proof" }>,
  files: readonly GivenFile[],
  expected: Expected,
  now: Date,
): Promise<Outcome> {
  const keys = given(files, "bbs-keys").at(-1);
  if (keys === undefined) return keysMissing("bbs-keys", issuer);
  // Seven megabytes that only this kind of proof needs.
  const { rangeInWords, verifyPresentation } = await import("@attestream/attestation/zero-knowledge");
  const result = await verifyPresentation(json, {
    keys: keys.json,
    now,
    ...written(expected),
    ...(expected.nonce === "" ? {} : { challenge: expected.nonce }),
  });
  if (!result.ok) return refused(result, "bbs-keys", issuer);
  const { header } = result;
  return {
    state: "valid",
    what: "predicate proof",
    summary: `The holder of a credential by ${header.iss}, about an account at ${header.platform.name}, has proved this without showing more.`,
    said: provenFields(result, rangeInWords),
    proven: result.proven,
    notProven: result.notProven,
  };
}

function provenFields(
  { header, revealed, ranges }: Extract<PresentationResult, { ok: true }>,
  rangeInWords: typeof RangeInWords,
): Said[] {
  return [
    ...ranges.map((range) => ({
      name: range.field,
      value: rangeInWords(header, range),
      note: "proved; the value itself is hidden",
    })),
    ...Object.entries(revealed).map(([name, value]) => ({ name, value: inWords(value), note: "shown" })),
  ];
}

async function checkReceipt(
  { jwt, issuer }: Extract<Given, { kind: "receipt" }>,
  files: readonly GivenFile[],
  expected: Expected,
): Promise<Outcome> {
  const keys = given(files, "keys").at(-1);
  if (keys === undefined) return keysMissing("keys", issuer);
  const result = await verifyErasureReceipt(jwt, { jwks: keys.json, ...written(expected) });
  if (!result.ok) return refused(result, "keys", issuer);
  const by = `${result.issuer} (key ${result.kid})`;
  return {
    state: "valid",
    what: "erasure receipt",
    summary: `${result.issuer} has signed that it erased the data of a session.`,
    said: [
      { name: "session", value: result.sessionId },
      { name: "erased", value: result.erased.join(", ") || "nothing was left to erase" },
      { name: "erased at", value: result.erasedAt.toISOString() },
      ...(result.proofHash === null ? [] : [{ name: "hash of the erased attestation", value: result.proofHash }]),
    ],
    proven: [{ statement: `The data of session ${result.sessionId} was erased, for partner ${result.audience}.`, by }],
    notProven: [
      { statement: "That no copy is left.", why: "It is the operator’s word. Nobody can see into all of their disks." },
    ],
  };
}

function refused(
  { reason, message }: { reason: string; message: string },
  keys: "keys" | "bbs-keys",
  issuer: string | null,
): Outcome {
  if (reason === "unknown_key")
    return {
      state: "unchecked",
      message:
        "None of the keys that you added is the one that this proof names. Either its issuer’s keys are still missing, or the proof is not by the issuer whose keys these are. Do not rely on it so far.",
      missing: { keys, issuer },
    };
  if (reason === "invalid_key_set") return { state: "unchecked", message, missing: { keys, issuer } };
  return { state: "invalid", reason, message };
}

function keysMissing(keys: "keys" | "bbs-keys", issuer: string | null): Outcome {
  return { state: "unchecked", message: "The issuer’s public keys are needed to check it.", missing: { keys, issuer } };
}

function inWords(value: unknown): string {
  if (typeof value === "string") return value;
  const money = moneySchema.safeParse(value);
  return money.success ? `${money.data.amount} ${money.data.currency}` : JSON.stringify(value, null, 1);
}

function day(seconds: number): string {
  return new Date(seconds * 1000).toLocaleDateString("en-GB", {
    day: "numeric",
    month: "long",
    year: "numeric",
    timeZone: "UTC",
  });
}
