import fc from "fast-check";
import { expect, test } from "vitest";
import {
  issueSample,
  joinAttestation,
  readPayload,
  sampleNow,
  signPayload,
  splitAttestation,
} from "../test-support/sample.ts";
import { proveSample } from "../test-support/sample-proof.ts";
import { verifyAttestation } from "./verify-attestation.ts";

test("anything at all is refused with a reason, never thrown at", async () => {
  const { jwks } = await issueSample();
  await fc.assert(
    fc.asyncProperty(fc.anything(), fc.option(fc.anything(), { nil: jwks }), async (input, keys) => {
      expect(await verifyAttestation(input, { jwks: keys, now: sampleNow })).toMatchObject({
        ok: false,
        reason: expect.any(String),
        message: expect.any(String),
      });
    }),
    { numRuns: 300 },
  );
});

test("anything at all beside a good attestation is refused with a reason, never thrown at", async () => {
  const { attestation, options } = await proveSample();
  const [envelope] = options.evidence as Record<string, unknown>[];
  const log = options.log as Record<string, unknown>;
  const part = fc.oneof(fc.anything(), fc.string(), fc.array(fc.anything(), { maxLength: 3 }));
  const evidence = fc.oneof(
    part,
    fc
      .tuple(fc.constantFrom(...Object.keys(envelope ?? {})), part)
      .map(([name, value]) => [{ ...envelope, [name]: value }]),
  );
  const logProof = fc.oneof(
    part,
    fc.tuple(fc.constantFrom(...Object.keys(log)), part).map(([name, value]) => ({ ...log, [name]: value })),
  );
  const choice = fc.oneof(
    evidence.map((value) => ({ evidence: value })),
    logProof.map((value) => ({ log: value })),
    part.map((value) => ({ statusList: value })),
    part.map((value) => ({ attestors: value })),
  );
  await fc.assert(
    fc.asyncProperty(choice, async (change) => {
      const [[name, given] = ["", null]] = Object.entries(change);
      // Undefined is the same as not given; that is allowed, and said.
      const result = await verifyAttestation(attestation, { ...options, ...change });
      const same = JSON.stringify(given) === JSON.stringify(options[name as keyof typeof options]);
      if (given === undefined || same) expect(result).toMatchObject({ ok: true });
      else expect(result).toMatchObject({ ok: false, reason: expect.any(String), message: expect.any(String) });
    }),
    { numRuns: 300 },
  );
});

test("an attestation with one piece cut out, doubled or replaced is refused", async () => {
  const { attestation, jwks } = await issueSample();
  const piece = fc.tuple(fc.nat(attestation.length - 1), fc.nat(40), fc.string({ maxLength: 12 }));
  await fc.assert(
    fc.asyncProperty(piece, async ([start, length, replacement]) => {
      const forged = attestation.slice(0, start) + replacement + attestation.slice(start + length);
      const result = await verifyAttestation(forged, { jwks, now: sampleNow });
      // Cutting out whole disclosures is what withholding is; the digest check keeps the rest honest.
      if (result.ok) expect(attestation.split("~")).toEqual(expect.arrayContaining(forged.split("~")));
      else expect(result.reason).toMatch(/^[a-z_]+$/);
    }),
    { numRuns: 400 },
  );
});

test("any signed JSON in place of the payload, or of one claim, is refused or read as it stands", async () => {
  const { attestation, signingKey, jwks } = await issueSample();
  const { jwt, disclosures } = splitAttestation(attestation);
  const payload = readPayload(jwt);
  await fc.assert(
    fc.asyncProperty(fc.jsonValue(), fc.constantFrom(...Object.keys(payload)), async (value, name) => {
      const whole = joinAttestation(await signPayload(value, signingKey), disclosures);
      expect(await verifyAttestation(whole, { jwks, now: sampleNow })).toMatchObject({ ok: false });
      const one = joinAttestation(await signPayload({ ...payload, [name]: value }, signingKey), disclosures);
      const result = await verifyAttestation(one, { jwks, now: sampleNow });
      if (result.ok) expect(result.claims[name]).toEqual(value);
      else expect(result.reason).toMatch(/^[a-z_]+$/);
    }),
    { numRuns: 200 },
  );
});

test("deeply nested input is refused too", async () => {
  const { signingKey, jwks } = await issueSample();
  const deep = `${"[".repeat(50_000)}${"]".repeat(50_000)}`;
  const header = Buffer.from(JSON.stringify({ alg: "ES256", typ: "dc+sd-jwt", kid: signingKey.kid })).toString(
    "base64url",
  );
  for (const compact of [
    `${Buffer.from(deep).toString("base64url")}.e30.AAAA~`,
    `${header}.${Buffer.from(deep).toString("base64url")}.AAAA~`,
  ]) {
    expect(await verifyAttestation(compact, { jwks, now: sampleNow })).toMatchObject({ ok: false });
  }
});
