import { proveSample } from "@attestream/attestation/test-support/sample-proof";
import { beforeAll, describe, expect, it } from "vitest";
import { checkGiven, nothingExpected } from "./check-given.ts";
import type { GivenFile } from "./given.ts";
import { keyAddress } from "./issuer-keys.ts";
import { recognise } from "./recognise.ts";

let sample: Awaited<ReturnType<typeof proveSample>>;
let files: Record<"proof" | "jwks" | "attestors" | "status", GivenFile>;

const opened = (name: string, text: string): GivenFile => ({ name, text, given: recognise(text) });
const check = (given: GivenFile[], expected = {}) =>
  checkGiven(given, { ...nothingExpected, ...expected }, sample.options.now);

beforeAll(async () => {
  sample = await proveSample();
  const { evidence, log, jwks, attestors, statusList } = sample.options;
  const data = { attestation: sample.attestation, evidence, log };
  files = {
    proof: opened("proof.json", JSON.stringify({ status: "success", data })),
    jwks: opened("jwks.json", JSON.stringify(jwks)),
    attestors: opened("attestors.json", JSON.stringify(attestors)),
    status: opened("status.jwt", `${String(statusList)}\n`),
  };
});

describe("what was given", () => {
  it("is told by its content, and put to its use in any order", async () => {
    expect(Object.values(files).map(({ given }) => given.kind)).toEqual(["attestation", "keys", "keys", "status-list"]);
    const { status, attestors, proof, jwks } = files;
    for (const order of [
      [status, attestors, proof, jwks],
      [jwks, proof, attestors, status],
    ]) {
      const outcome = await check(order, {
        issuer: "https://verify.example.com",
        audience: "partner-1",
        nonce: "nonce-1",
      });
      expect(outcome).toMatchObject({ state: "valid", what: "attestation" });
      expect(outcome).toMatchObject({
        said: expect.arrayContaining([
          expect.objectContaining({ value: "Jane Roe", note: "sent by api.demo-bank.example, seen by an attestor" }),
          expect.objectContaining({ value: "1250.5 EUR" }),
        ]),
      });
    }
  });

  it("without the attestors' keys rests on the issuer's word, and says so", async () => {
    const outcome = await check([files.proof, files.jwks]);
    expect(outcome).toMatchObject({
      state: "valid",
      said: expect.arrayContaining([expect.objectContaining({ note: "the issuer’s word" })]),
    });
  });

  it("with keys of somebody else only is not called valid", async () => {
    for (const given of [[files.proof], [files.proof, files.attestors]])
      expect(await check(given)).toMatchObject({
        state: "unchecked",
        missing: { issuer: "https://verify.example.com" },
      });
  });

  it("and expected otherwise is not valid", async () => {
    const { proof, jwks } = files;
    expect(await check([proof, jwks], { audience: "partner-2" })).toMatchObject({ reason: "audience_mismatch" });
    expect(await check([proof, jwks], { nonce: "nonce-2" })).toMatchObject({ reason: "nonce_mismatch" });
  });
});

describe("what is no proof", () => {
  it.each([
    ["", "empty"],
    ["{", "not: it may have been cut off"],
    ["hello", "no proof, no key set"],
    ["[1]", "no proof, no key set"],
    ["{}", "no attestation in it"],
    ['{"status":"error","error":{"message":"This session has no attestation."}}', "This session has no attestation."],
    ['{"status":"success","data":{"credential":{"type":"urn:attestream:bbs-credential:1"}}}', "This is a credential"],
    ["eyJhbGciOiJub25lIn0.e30.x", "not one that this page knows"],
  ])("%j is told for what it is", async (text, problem) => {
    expect(await check([opened("a", text)])).toMatchObject({
      state: "unchecked",
      message: expect.stringContaining(problem),
    });
  });
});

it.each([
  ["https://verify.example.com", "https://verify.example.com/.well-known/jwks.json"],
  ["https://example.com/attestream", "https://example.com/attestream/.well-known/jwks.json"],
  ["http://localhost:4000", "http://localhost:4000/.well-known/jwks.json"],
  ["http://verify.example.com", undefined],
  ["javascript:alert(1)", undefined],
  ["file:///etc/passwd", undefined],
  [null, undefined],
])("the keys of %s are at %s", (issuer, address) => expect(keyAddress(issuer, "keys")?.href).toBe(address));
