import { SignJWT } from "jose";
import { describe, expect, test } from "vitest";
import { createSigningKey } from "../issue/signing-key.ts";
import {
  decodePart,
  encodePart,
  issueSample,
  joinAttestation,
  makeDisclosure,
  readPayload,
  sampleNow,
  signPayload,
  splitAttestation,
} from "../test-support/sample.ts";
import { verifyAttestation, type VerifyOptions } from "./verify-attestation.ts";

const day = 24 * 60 * 60 * 1000;

async function refusalOf(compact: unknown, options: Partial<VerifyOptions> & { jwks: unknown }): Promise<string> {
  const result = await verifyAttestation(compact, { now: sampleNow, ...options });
  return result.ok ? "accepted" : result.reason;
}

/** Signs a changed payload with the issuer's own key: only the verifier's rules can refuse it. */
async function resigned(change: (payload: Record<string, unknown>) => unknown, extraDisclosures: string[] = []) {
  const sample = await issueSample();
  const { jwt, disclosures } = splitAttestation(sample.attestation);
  const changed = change(readPayload(jwt));
  return {
    jwks: sample.jwks,
    compact: joinAttestation(await signPayload(changed, sample.signingKey), [...disclosures, ...extraDisclosures]),
  };
}

test("control: signing the same payload again is accepted", async () => {
  const { compact, jwks } = await resigned((payload) => payload);
  expect(await refusalOf(compact, { jwks })).toBe("accepted");
});

describe("signature and key", () => {
  test("a changed claim", async () => {
    const { attestation, jwks } = await issueSample();
    const { jwt, disclosures } = splitAttestation(attestation);
    const [header = "", , signature = ""] = jwt.split(".");
    const forged = [header, encodePart({ ...readPayload(jwt), aud: "partner-2" }), signature].join(".");
    expect(await refusalOf(joinAttestation(forged, disclosures), { jwks })).toBe("signature_invalid");
  });

  test("any single changed character of the signature", async () => {
    const { attestation, jwks } = await issueSample();
    const { jwt, disclosures } = splitAttestation(attestation);
    const start = jwt.lastIndexOf(".") + 1;
    for (let index = start; index < jwt.length; index += 1) {
      const other = jwt[index] === "A" ? "B" : "A";
      const forged = jwt.slice(0, index) + other + jwt.slice(index + 1);
      expect(["signature_invalid", "malformed"]).toContain(
        await refusalOf(joinAttestation(forged, disclosures), { jwks }),
      );
    }
  });

  test("the same signature in another spelling", async () => {
    const { attestation, jwks } = await issueSample();
    const { jwt, disclosures } = splitAttestation(attestation);
    const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    const last = alphabet.indexOf(jwt.at(-1) ?? "");
    const respelled = jwt.slice(0, -1) + alphabet[last + 1];
    expect(Buffer.from(respelled.split(".")[2] ?? "", "base64url")).toEqual(
      Buffer.from(jwt.split(".")[2] ?? "", "base64url"),
    );
    expect(await refusalOf(joinAttestation(respelled, disclosures), { jwks })).toBe("malformed");
  });

  test("a stranger's key under the issuer's kid", async () => {
    const { attestation, jwks, signingKey } = await issueSample();
    const { jwt, disclosures } = splitAttestation(attestation);
    const stranger = await createSigningKey();
    const forged = await signPayload(readPayload(jwt), stranger, { kid: signingKey.kid });
    expect(await refusalOf(joinAttestation(forged, disclosures), { jwks })).toBe("signature_invalid");
  });

  test("a stranger's key that the header brings along", async () => {
    const { attestation, jwks, signingKey } = await issueSample();
    const { jwt, disclosures } = splitAttestation(attestation);
    const stranger = await createSigningKey();
    const { kty, crv, x, y } = stranger.publicJwk;
    const forged = await signPayload(readPayload(jwt), stranger, { kid: signingKey.kid, jwk: { kty, crv, x, y } });
    expect(await refusalOf(joinAttestation(forged, disclosures), { jwks })).toBe("signature_invalid");
  });

  test("an unknown kid", async () => {
    const { attestation } = await issueSample();
    expect(await refusalOf(attestation, { jwks: { keys: [(await createSigningKey()).publicJwk] } })).toBe(
      "unknown_key",
    );
  });

  test("a kid that two keys have, or a key meant for something else", async () => {
    const { attestation, signingKey } = await issueSample();
    const key = signingKey.publicJwk;
    expect(await refusalOf(attestation, { jwks: { keys: [key, { ...key }] } })).toBe("unknown_key");
    expect(await refusalOf(attestation, { jwks: { keys: [{ ...key, use: "enc" }] } })).toBe("unknown_key");
    expect(await refusalOf(attestation, { jwks: { keys: [{ ...key, alg: "ES384" }] } })).toBe("unknown_key");
    expect(await refusalOf(attestation, { jwks: { keys: [{ ...key, x: "AAAA" }] } })).toBe("unknown_key");
  });

  test("no algorithm at all, and the public key used as a shared secret", async () => {
    const { attestation, jwks, signingKey } = await issueSample();
    const { jwt, disclosures } = splitAttestation(attestation);
    const header = { typ: "dc+sd-jwt", kid: signingKey.kid };
    const none = `${encodePart({ ...header, alg: "none" })}.${jwt.split(".")[1]}.AAAA`;
    expect(await refusalOf(joinAttestation(none, disclosures), { jwks })).toBe("unsupported_algorithm");
    const secret = Buffer.from(JSON.stringify(signingKey.publicJwk));
    const hmac = await new SignJWT(readPayload(jwt)).setProtectedHeader({ ...header, alg: "HS256" }).sign(secret);
    expect(await refusalOf(joinAttestation(hmac, disclosures), { jwks })).toBe("unsupported_algorithm");
    const octets = { kty: "oct", kid: signingKey.kid, k: secret.toString("base64url") };
    expect(await refusalOf(joinAttestation(hmac, disclosures), { jwks: { keys: [octets] } })).toBe(
      "unsupported_algorithm",
    );
  });

  test("another kind of token signed with the same key", async () => {
    const { attestation, jwks, signingKey } = await issueSample();
    const { jwt, disclosures } = splitAttestation(attestation);
    expect(
      await refusalOf(joinAttestation(await signPayload(readPayload(jwt), signingKey, { typ: "JWT" }), disclosures), {
        jwks,
      }),
    ).toBe("unsupported_type");
    const other = await resigned((payload) => ({ ...payload, vct: "urn:attestream:receipt:1" }));
    expect(await refusalOf(other.compact, other)).toBe("unsupported_type");
  });
});

describe("disclosures", () => {
  test("an altered value", async () => {
    const { attestation, jwks } = await issueSample();
    const { jwt, disclosures } = splitAttestation(attestation);
    const altered = disclosures.map((disclosure) => {
      const [salt, name, value] = decodePart(disclosure) as [string, string, unknown];
      return name === "accountHolder" ? encodePart([salt, name, "Somebody Else"]) : encodePart([salt, name, value]);
    });
    expect(altered).not.toEqual(disclosures);
    expect(await refusalOf(joinAttestation(jwt, altered), { jwks })).toBe("disclosure_invalid");
  });

  test("one that nobody signed", async () => {
    const { attestation, jwks } = await issueSample();
    const { jwt, disclosures } = splitAttestation(attestation);
    const added = (await makeDisclosure("income", 99)).disclosure;
    expect(await refusalOf(joinAttestation(jwt, [...disclosures, added]), { jwks })).toBe("disclosure_invalid");
  });

  test("one twice, and one of another session", async () => {
    const { attestation, jwks } = await issueSample();
    const { jwt, disclosures } = splitAttestation(attestation);
    expect(await refusalOf(joinAttestation(jwt, [...disclosures, ...disclosures.slice(0, 1)]), { jwks })).toBe(
      "disclosure_invalid",
    );
    const other = splitAttestation((await issueSample({ claims: { accountHolder: "Somebody Else" } })).attestation);
    expect(await refusalOf(joinAttestation(jwt, other.disclosures), { jwks })).toBe("disclosure_invalid");
  });

  test("a digest that occurs twice", async () => {
    const twice = await resigned((payload) => {
      const { _sd } = payload["claims"] as { _sd: string[] };
      return { ...payload, claims: { _sd: [..._sd, ..._sd.slice(0, 1)] } };
    });
    expect(await refusalOf(twice.compact, twice)).toBe("disclosure_invalid");
    const bothPlaces = await resigned((payload) => {
      const { _sd } = payload["claims"] as { _sd: string[] };
      return { ...payload, _sd: [...(payload["_sd"] as string[]), ..._sd] };
    });
    expect(await refusalOf(bothPlaces.compact, bothPlaces)).toBe("disclosure_invalid");
  });

  test.each(["aud", "iss", "exp", "nonce", "claims", "_sd", "...", "__proto__"])(
    "one that would replace %s",
    async (name) => {
      const { disclosure, digest } = await makeDisclosure(name, { polluted: true });
      const forged = await resigned(
        (payload) => ({ ...payload, _sd: [...(payload["_sd"] as string[]), digest] }),
        [disclosure],
      );
      expect(await refusalOf(forged.compact, forged)).toBe("disclosure_invalid");
      expect({}).not.toHaveProperty("polluted");
    },
  );

  test("digests where this type has none", async () => {
    const { disclosure, digest } = await makeDisclosure("name", "another-bank");
    const forged = await resigned((payload) => ({ ...payload, platform: { id: 7, _sd: [digest] } }), [disclosure]);
    expect(await refusalOf(forged.compact, forged)).toBe("disclosure_invalid");
    const inside = await makeDisclosure("x", { _sd: ["abc"] });
    const nested = await resigned((payload) => ({ ...payload, claims: { _sd: [inside.digest] }, _sd: [] }));
    expect(await refusalOf(joinAttestation(splitAttestation(nested.compact).jwt, [inside.disclosure]), nested)).toBe(
      "disclosure_invalid",
    );
  });

  test("another hash algorithm", async () => {
    const forged = await resigned((payload) => ({ ...payload, _sd_alg: "sha-1" }));
    expect(await refusalOf(forged.compact, forged)).toBe("disclosure_invalid");
  });

  test("a key-binding token at the end", async () => {
    const { attestation, jwks } = await issueSample();
    expect(await refusalOf(attestation + splitAttestation(attestation).jwt, { jwks })).toBe("malformed");
  });
});

describe("claims", () => {
  test("expired, of the future, or older than asked for", async () => {
    const { attestation, jwks } = await issueSample();
    expect(await refusalOf(attestation, { jwks, now: new Date(sampleNow.getTime() + 364 * day) })).toBe("accepted");
    expect(await refusalOf(attestation, { jwks, now: new Date(sampleNow.getTime() + 365 * day) })).toBe("expired");
    expect(await refusalOf(attestation, { jwks, now: new Date(sampleNow.getTime() - day) })).toBe("not_yet_valid");
    expect(await refusalOf(attestation, { jwks, now: new Date(sampleNow.getTime() + day), maxAgeMs: day - 1 })).toBe(
      "too_old",
    );
  });

  test.each([
    [{ issuer: "https://verify.example.com/" }, "issuer_mismatch"],
    [{ audience: "partner-2" }, "audience_mismatch"],
    [{ nonce: "nonce-2" }, "nonce_mismatch"],
    [{ sessionId: "another" }, "session_mismatch"],
    [{ platform: { id: 8 } }, "platform_mismatch"],
    [{ platform: { name: "another-bank" } }, "platform_mismatch"],
    [{ externalReferenceId: "order 18" }, "external_reference_mismatch"],
    [{ receiverData: { name: "Somebody Else" } }, "subject_mismatch"],
    [{ proofHash: "0".repeat(64) }, "proof_hash_mismatch"],
  ] satisfies [Partial<VerifyOptions>, string][])("not what was expected: %j", async (expected, reason) => {
    const { attestation, jwks } = await issueSample();
    expect(await refusalOf(attestation, { jwks, ...expected })).toBe(reason);
  });

  test("a nonce or a reference that was asked for and is not there", async () => {
    const { attestation, jwks } = await issueSample();
    const { jwt } = splitAttestation(attestation);
    expect(await refusalOf(joinAttestation(jwt, []), { jwks, externalReferenceId: "order 17" })).toBe(
      "external_reference_mismatch",
    );
    const plain = await resigned(({ nonce: _nonce, ...rest }) => rest);
    expect(await refusalOf(plain.compact, { jwks: plain.jwks, nonce: "nonce-1" })).toBe("nonce_mismatch");
  });

  test.each(["iss", "iat", "exp", "jti", "aud", "session_id", "platform", "workflow", "mode", "evidence", "claims"])(
    "without %s",
    async (name) => {
      const sample = await issueSample();
      const payload = readPayload(splitAttestation(sample.attestation).jwt);
      delete payload[name];
      const compact = joinAttestation(await signPayload(payload, sample.signingKey), []);
      expect(await refusalOf(compact, sample)).toBe("claims_invalid");
    },
  );

  test("evidence or a mode that this verifier cannot check is never passed as checked", async () => {
    const evidence = await resigned((payload) => ({ ...payload, evidence: [{ mode: "passive" }] }));
    expect(await refusalOf(evidence.compact, evidence)).toBe("claims_invalid");
    const mode = await resigned((payload) => ({ ...payload, mode: "passive" }));
    expect(await refusalOf(mode.compact, mode)).toBe("claims_invalid");
    const unknown = await resigned((payload) => ({ ...payload, quorum: 3 }));
    const result = await verifyAttestation(unknown.compact, { jwks: unknown.jwks, now: sampleNow });
    expect(result.ok && result.notProven.map((entry) => entry.statement)).toContain("What these claims mean: quorum.");
  });
});
