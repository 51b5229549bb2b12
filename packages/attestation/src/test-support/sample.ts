import { CompactSign, importJWK, type JWTHeaderParameters } from "jose";
import { sha256Base64url } from "../digest.ts";
import { createIssuer, type AttestationInput } from "../issue/create-issuer.ts";
import { createSigningKey, type SigningKey } from "../issue/signing-key.ts";

export const sampleNow = new Date("2026-03-24T12:05:00.000Z");

export const sampleInput: AttestationInput = {
  audience: "partner-1",
  sessionId: "0b9d5f0e-6a3f-4b7e-9f54-7d3a1c2b4e5f",
  platform: { id: 7, name: "demo-bank" },
  nonce: "nonce-1",
  externalReferenceId: "order 17",
  receiverData: { name: "Jane Roe", phones: ["1", "2"] },
  workflow: { name: "demo-bank", version: "1.2.0", hash: "ab12" },
  result: "complete",
  isolationLevel: "L1",
  browser: { product: "HeadlessChrome", version: "156.0" },
  claims: { accountHolder: "Jane Roe", balance: { amount: 1250.5, currency: "EUR" }, transactions: [{ amount: -3 }] },
};

/** An attestation with a key set that fits, and the means to sign anything else with the same key. */
export async function issueSample(change: Partial<AttestationInput> = {}, issuedAt: Date = sampleNow) {
  const signingKey = await createSigningKey();
  const issuer = createIssuer({
    issuer: "https://verify.example.com",
    signingKey,
    now: () => issuedAt,
    newId: () => "attestation-1",
  });
  const issued = await issuer.issue({ ...sampleInput, ...change });
  return { ...issued, signingKey, jwks: { keys: [signingKey.publicJwk] } };
}

export function splitAttestation(attestation: string): { jwt: string; disclosures: string[] } {
  const [jwt = "", ...rest] = attestation.split("~");
  return { jwt, disclosures: rest.slice(0, -1) };
}

export function joinAttestation(jwt: string, disclosures: string[]): string {
  return [jwt, ...disclosures, ""].join("~");
}

export function decodePart(part: string): unknown {
  return JSON.parse(Buffer.from(part, "base64url").toString("utf8"));
}

export function encodePart(value: unknown): string {
  return Buffer.from(JSON.stringify(value)).toString("base64url");
}

export function readPayload(jwt: string): Record<string, unknown> {
  return decodePart(jwt.split(".")[1] ?? "") as Record<string, unknown>;
}

/** What a dishonest holder of the issuer's own key, or a broken issuer, could sign. */
export async function signPayload(
  payload: unknown,
  signingKey: SigningKey,
  header: Partial<JWTHeaderParameters> = {},
): Promise<string> {
  return new CompactSign(Buffer.from(JSON.stringify(payload)))
    .setProtectedHeader({ alg: "ES256", typ: "dc+sd-jwt", kid: signingKey.kid, ...header })
    .sign(await importJWK(signingKey.privateJwk, "ES256"));
}

export async function makeDisclosure(name: unknown, value: unknown): Promise<{ disclosure: string; digest: string }> {
  const disclosure = encodePart(["c2FsdHNhbHRzYWx0c2FsdA", name, value]);
  return { disclosure, digest: await sha256Base64url(disclosure) };
}
