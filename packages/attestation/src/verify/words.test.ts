import { describe, expect, test } from "vitest";
import { proveSample } from "../test-support/sample-proof.ts";
import {
  issueSample,
  joinAttestation,
  readPayload,
  sampleNow,
  signPayload,
  splitAttestation,
} from "../test-support/sample.ts";
import { hashDisclosure } from "../evidence/index.ts";
import { verifyAttestation, type VerifyOptions } from "./verify-attestation.ts";

async function wordsOf(compact: string, options: VerifyOptions) {
  const result = await verifyAttestation(compact, options);
  if (!result.ok) throw new Error(result.reason);
  return {
    ...result,
    said: result.proven.map(({ statement, by }) => `${statement} — ${by}`),
    unsaid: result.notProven.map(({ statement, why }) => `${statement} ${why}`),
  };
}

const noWitness = "That demo-bank sent this data.";

describe("what is said of a proof", () => {
  test("passive: who sent what, by which attestor, and that the address is not known", async () => {
    const { attestation, attestor, options } = await proveSample();
    const { said, unsaid, witnessed } = await wordsOf(attestation, options);
    const by = `attestor with key ${attestor.kid}`;
    expect(said).toContainEqual(
      `api.demo-bank.example (its certificate checked, TLS 1.3) sent a response (HTTP 200) in this session at 2026-03-24T12:04:50.000Z, and by the workflow's own rules it says accountHolder, balance exactly as disclosed. — ${by}`,
    );
    expect(unsaid).toContainEqual(expect.stringMatching(/^Which address \(URL\) was asked for account\. /));
    expect(unsaid).toContainEqual(expect.stringMatching(/^That attestor and issuer did not make it up together\. /));
    expect(unsaid).toContainEqual(expect.stringMatching(/^That api\.demo-bank\.example is a server of demo-bank\. /));
    // One field has no evidence: it is not silently passed with the others.
    expect(unsaid).toContainEqual(expect.stringMatching(/^That demo-bank sent transactions\. No evidence covers it/));
    const witness = { mode: "passive", serverName: "api.demo-bank.example", kid: attestor.kid, part: "account" };
    expect(witnessed).toEqual({ accountHolder: witness, balance: witness });
  });

  test("replay: the address too", async () => {
    const request = { method: "GET", target: "/v1/accounts" };
    const { attestation, options } = await proveSample({}, { predicate: { mode: "replay", request } });
    const { said, unsaid } = await wordsOf(attestation, options);
    expect(said).toContainEqual(expect.stringContaining("answered GET /v1/accounts (HTTP 200)"));
    expect(unsaid.join("\n")).not.toContain("Which address");
  });

  test("log and status: until when, and what a log does not show", async () => {
    const { attestation, options } = await proveSample();
    const { said, unsaid } = await wordsOf(attestation, options);
    expect(said).toContainEqual(expect.stringContaining("It had not been revoked at 2026-03-24T12:06:00.000Z."));
    expect(said).toContainEqual(
      expect.stringContaining("entry 3 of the log https://verify.example.com/log, which had 7 entries at"),
    );
    expect(unsaid).toContainEqual(expect.stringContaining("That the log shows the same to everybody."));
  });

  test("what was not given is not passed over", async () => {
    const { attestation, options } = await proveSample();
    const { jwks, now, evidence } = options;
    const bare = await wordsOf(attestation, { jwks, now });
    expect(bare.witnessed).toEqual({});
    expect(bare.unsaid).toContain(`${noWitness} There is evidence, but it was not given to this check.`);
    expect(bare.unsaid).toContain(
      "That it was not revoked. No status list was given. Get it from https://verify.example.com/status-lists/1.",
    );
    expect(bare.unsaid).toContain("That it is in a public log. No log proof was given.");
    const unchecked = await wordsOf(attestation, { jwks, now, evidence });
    expect(unchecked.witnessed).toEqual({});
    expect(unchecked.unsaid).toContainEqual(expect.stringContaining(`${noWitness} Evidence was given and fits, but`));
    expect(unchecked.said.join("\n")).not.toContain("attestor");
  });

  test("signed only: the issuer's word, and which parts fell back", async () => {
    const { attestation, jwks } = await issueSample({
      fellBack: [
        { part: "account", code: "not_witnessed" },
        { part: "cards", code: "of-a-later-version" },
      ],
    });
    const { unsaid } = await wordsOf(attestation, { jwks, now: sampleNow });
    expect(unsaid).toContainEqual(expect.stringContaining(`${noWitness} It is the issuer's word (mode signed)`));
    expect(unsaid).toContain(
      "That the part account came from the platform's server; it was to be proved. The response did not come over a connection that the attestor witnessed.",
    );
    expect(unsaid).toContainEqual(expect.stringContaining("Reason: of-a-later-version."));
    expect(unsaid).toContain("That it was not revoked. It names no status list.");
  });

  test("predicates: the question stands beside the answer", async () => {
    const disclosure = { predicates: [{ name: "rich", field: "balance.amount", is: ">=" as const, value: 1000 }] };
    const { attestation, options } = await proveSample(
      { disclosure, claims: { rich: true } },
      { fields: { rich: true }, predicate: { disclosure_hash: (await hashDisclosure(disclosure)) ?? "" } },
    );
    const { said, witnessed } = await wordsOf(attestation, options);
    expect(said).toContainEqual(expect.stringContaining("rich is the answer to: balance.amount >= 1000?"));
    expect(Object.keys(witnessed)).toEqual(["rich"]);
  });

  test("withheld fields are covered by evidence all the same, and counted", async () => {
    const { attestation, options } = await proveSample();
    const { jwt } = splitAttestation(attestation);
    const { unsaid, witnessed, withheld } = await wordsOf(joinAttestation(jwt, []), options);
    expect({ witnessed, withheld }).toEqual({ witnessed: {}, withheld: 5 });
    expect(unsaid).toContainEqual(expect.stringContaining("5 signed values"));
  });

  test("all that was expected and met is said once", async () => {
    const { attestation, options } = await proveSample();
    const servers = ["api.demo-bank.example"];
    const { said, unsaid } = await wordsOf(attestation, { ...options, servers });
    expect(said).toContain("All evidence is about servers that were expected. — this check");
    expect(unsaid.join("\n")).not.toContain("is a server of");
  });
});

test("an attestation of before there was evidence verifies as it did", async () => {
  const { attestation, jwks, signingKey } = await issueSample();
  const { jwt, disclosures } = splitAttestation(attestation);
  const { fallback: _fallback, ...old } = readPayload(jwt);
  const compact = joinAttestation(await signPayload(old, signingKey), disclosures);
  expect(await verifyAttestation(compact, { jwks, now: sampleNow })).toMatchObject({
    ok: true,
    claims: { mode: "signed", evidence: [] },
  });
});
