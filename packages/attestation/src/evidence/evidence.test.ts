import { execFileSync } from "node:child_process";
import { createPublicKey } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { digest } from "@sd-jwt/crypto-nodejs";
import { SDJwtVcInstance } from "@sd-jwt/sd-jwt-vc";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createAttestor, stateSample, witnessSample } from "../test-support/sample-evidence.ts";
import { decodeBase64, encodeBase64 } from "../base64.ts";
import { fromDer, toDer } from "./ecdsa-der.ts";
import {
  bindSession,
  EvidenceRefused,
  hashDisclosure,
  hashEnvelope,
  makeDisclosure,
  openEnvelope,
  preAuthenticationEncoding,
  signStatement,
  type DsseEnvelope,
} from "./index.ts";
import { signEnvelope } from "./sign-statement.ts";

async function refusalOf(envelope: unknown, attestors: unknown): Promise<string> {
  try {
    await openEnvelope(envelope, attestors);
    return "accepted";
  } catch (error) {
    return error instanceof EvidenceRefused ? error.code : "thrown";
  }
}

function decodePayload({ payload }: DsseEnvelope): Record<string, unknown> {
  return JSON.parse(Buffer.from(payload, "base64").toString()) as Record<string, unknown>;
}

describe("an envelope", () => {
  it("has DSSE's pre-authentication encoding (the vector of its specification)", () => {
    const encoded = preAuthenticationEncoding("http://example.com/HelloWorld", Buffer.from("hello world"));
    expect(Buffer.from(encoded).toString()).toBe("DSSEv1 29 http://example.com/HelloWorld 11 hello world");
    const bytes = preAuthenticationEncoding("é", Buffer.from([0, 255]));
    expect(Buffer.from(bytes)).toEqual(Buffer.concat([Buffer.from("DSSEv1 2 é 2 "), Buffer.from([0, 255])]));
  });

  it("is opened with the attestor's key, and gives the statement as it was signed", async () => {
    const { key, attestors } = await createAttestor();
    const { statement } = await stateSample();
    const envelope = await signStatement(statement, key);
    expect(await openEnvelope(envelope, attestors)).toMatchObject({ statement, kid: key.kid });
  });

  it("is verified by openssl, with nothing of ours but the bytes", async () => {
    const { key } = await createAttestor();
    const { envelope } = await witnessSample(key);
    const folder = mkdtempSync(join(tmpdir(), "attestream-dsse-"));
    try {
      const payload = Buffer.from(envelope.payload, "base64");
      const signed = Buffer.concat([
        Buffer.from(`DSSEv1 ${envelope.payloadType.length} ${envelope.payloadType} ${payload.length} `),
        payload,
      ]);
      const files = { "signed.bin": signed, "sig.der": Buffer.from(envelope.signatures[0]?.sig ?? "", "base64") };
      for (const [name, bytes] of Object.entries(files)) writeFileSync(join(folder, name), bytes);
      const { kty, crv, x, y } = key.publicJwk;
      const pem = createPublicKey({ key: { kty, crv, x, y }, format: "jwk" }).export({ type: "spki", format: "pem" });
      writeFileSync(join(folder, "key.pem"), pem);
      const verify = () =>
        execFileSync("openssl", ["dgst", "-sha256", "-verify", "key.pem", "-signature", "sig.der", "signed.bin"], {
          cwd: folder,
          stdio: ["ignore", "pipe", "pipe"],
        }).toString();
      expect(verify()).toBe("Verified OK\n");
      signed[signed.length - 2] = (signed[signed.length - 2] ?? 0) ^ 1;
      writeFileSync(join(folder, "signed.bin"), signed);
      expect(verify).toThrow("Command failed");
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });

  it("is refused when a byte of it was changed, whoever's hash it then has", async () => {
    const { key, attestors } = await createAttestor();
    const { envelope } = await witnessSample(key);
    const statement = decodePayload(envelope);
    const forged = Buffer.from(JSON.stringify({ ...statement, predicateType: "urn:attestream:tls-evidence:1" }));
    forged[forged.length - 5] = (forged[forged.length - 5] ?? 0) ^ 1;
    expect(await refusalOf({ ...envelope, payload: forged.toString("base64") }, attestors)).toBe(
      "evidence_signature_invalid",
    );
  });

  it("is refused when it is somebody else's, or no set of keys was given", async () => {
    const { key } = await createAttestor();
    const stranger = await createAttestor();
    const { envelope } = await witnessSample(key);
    expect(await refusalOf(envelope, stranger.attestors)).toBe("attestor_unknown");
    const renamed = { keys: [{ ...stranger.key.publicJwk, kid: key.kid }] };
    expect(await refusalOf(envelope, renamed)).toBe("evidence_signature_invalid");
    expect(await refusalOf(envelope, { keys: [key.publicJwk, key.publicJwk] })).toBe("attestor_unknown");
    expect(await refusalOf(envelope, { keys: [{ ...key.publicJwk, use: "enc" }] })).toBe("attestor_unknown");
    expect(await refusalOf(envelope, "keys")).toBe("attestor_set_invalid");
  });

  it("is refused in any other form", async () => {
    const { key, attestors } = await createAttestor();
    const { envelope } = await witnessSample(key);
    const [signature] = envelope.signatures;
    const raw = fromDer(Buffer.from(signature?.sig ?? "", "base64"));
    const forms: unknown[] = [
      null,
      { ...envelope, payloadType: "application/json" },
      { ...envelope, extra: 1 },
      { ...envelope, signatures: [] },
      { ...envelope, signatures: [signature, signature] },
      { ...envelope, signatures: [{ ...signature, sig: encodeBase64(raw ?? new Uint8Array()) }] },
      { ...envelope, payload: `${envelope.payload}=` },
    ];
    for (const form of forms) expect(await refusalOf(form, attestors)).toBe("evidence_malformed");
  });

  it("is refused with a statement of another type or form, though the attestor signed it", async () => {
    const { key, attestors } = await createAttestor();
    const { statement } = await stateSample();
    const { predicate } = statement;
    const changed: unknown[] = [
      { ...statement, predicateType: "https://slsa.dev/provenance/v1" },
      { ...statement, subject: [] },
      { ...statement, subject: [{ name: "response", digest: { sha256: "05".repeat(32) } }] },
      { ...statement, subject: [{ name: "connection", digest: { sha256: "04".repeat(32) } }] },
      { ...statement, predicate: { ...predicate, mode: "replay" } },
      { ...statement, predicate: { ...predicate, request: { method: "GET", target: "/" } } },
      { ...statement, predicate: { ...predicate, cookies: "a=b" } },
    ];
    for (const form of changed) {
      await expect(signStatement(form as never, key)).rejects.toThrow();
      const envelope = await signEnvelope(Buffer.from(JSON.stringify(form)), key);
      expect(await refusalOf(envelope, attestors)).toBe("evidence_malformed");
    }
    for (const text of ["", "{", "\ufeff{}", "[".repeat(20_000)])
      expect(await refusalOf(await signEnvelope(Buffer.from(text), key), attestors)).toBe("evidence_malformed");
  });

  it("has one hash, whatever the order and spacing of its members", async () => {
    const { key } = await createAttestor();
    const { envelope } = await witnessSample(key);
    const { payloadType, payload, signatures } = envelope;
    const again = JSON.parse(JSON.stringify({ signatures, payload, payloadType }, null, 2)) as DsseEnvelope;
    expect(await hashEnvelope(again)).toBe(await hashEnvelope(envelope));
  });
});

describe("encodings", () => {
  it("DER of a signature, there and back, and only in its one form", () => {
    const half = fc.uint8Array({ minLength: 32, maxLength: 32 });
    const sparse = half.map((bytes) => bytes.fill(0, 0, (bytes[31] ?? 0) % 33));
    fc.assert(
      fc.property(sparse, sparse, (r, s) => {
        const signature = Uint8Array.of(...r, ...s);
        const der = toDer(signature);
        expect(fromDer(der)).toEqual(signature);
        expect(fromDer(Uint8Array.of(...der, 0))).toBeNull();
        expect(fromDer(der.subarray(1))).toBeNull();
      }),
    );
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 80 }), (bytes) => {
        const signature = fromDer(bytes);
        if (signature !== null) expect(toDer(signature)).toEqual(bytes);
      }),
    );
  });

  it("base64, there and back, and only in its one form", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 20_000 }), (bytes) => {
        expect(encodeBase64(bytes)).toBe(Buffer.from(bytes).toString("base64"));
        expect(Buffer.from(decodeBase64(encodeBase64(bytes)) ?? [])).toEqual(Buffer.from(bytes));
      }),
    );
    for (const text of ["YQ", "YQ=", "YR==", "Y Q==", "YQ==\n", "_-8=", "===="]) expect(decodeBase64(text)).toBeNull();
  });

  it("a disclosure is the one that a stock library makes of the same salt", async () => {
    const stock = new SDJwtVcInstance({
      hasher: digest,
      hashAlg: "sha-256",
      saltGenerator: () => "c2FsdHNhbHRzYWx0c2FsdA",
      signer: () => "AAAA",
      signAlg: "ES256",
    });
    for (const value of ["Ärger 😀 \ud800", 1.5e21, { b: [1, null], a: "\u2028" }]) {
      const issued = await stock.issue({ vct: "x", iat: 1, field: value } as never, { _sd: ["field"] } as never);
      const { disclosure, digest: own } = await makeDisclosure("field", value, "c2FsdHNhbHRzYWx0c2FsdA");
      expect(issued.split("~")[1]).toBe(disclosure);
      const payload = JSON.parse(Buffer.from(issued.split(".")[1] ?? "", "base64url").toString()) as { _sd: string[] };
      expect(payload["_sd"]).toEqual([own]);
    }
  });
});

describe("bindings", () => {
  it("a session with a nonce, without one, and another one have three bindings", async () => {
    const all = await Promise.all([
      bindSession("s", "n"),
      bindSession("s"),
      bindSession("t", "n"),
      bindSession("s", "null"),
      bindSession('s","n'),
    ]);
    expect(new Set(all).size).toBe(5);
    for (const hash of all) expect(hash).toMatch(/^[0-9a-f]{64}$/);
  });

  it("full disclosure needs no hash, anything else has its own", async () => {
    expect(await hashDisclosure("full")).toBeUndefined();
    expect(await hashDisclosure({ fields: ["a"] })).not.toBe(await hashDisclosure({ fields: ["b"] }));
    expect(await hashDisclosure({ predicates: [{ name: "a", is: ">=", value: 1 }] })).toBe(
      await hashDisclosure({ predicates: [{ value: 1, name: "a", is: ">=" }] }),
    );
  });
});
