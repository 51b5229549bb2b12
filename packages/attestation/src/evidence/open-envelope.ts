import { dsseEnvelopeSchema, type DsseEnvelope } from "@attestream/shared";
import { decodeBase64 } from "../base64.ts";
import { findKey } from "../find-key.ts";
import { preAuthenticationEncoding } from "./dsse.ts";
import { fromDer } from "./ecdsa-der.ts";
import { EvidenceRefused } from "./evidence-refused.ts";
import { evidenceStatementSchema, type EvidenceStatement } from "./statement.ts";

export interface OpenedEnvelope {
  statement: EvidenceStatement;
  /** Of the attestor's key. */
  kid: string;
}

export interface VerifiedEnvelope extends OpenedEnvelope {
  /** The key itself: two names of one key are still one key. */
  point: string;
}

/** Checks the attestor's signature with the keys that the caller trusts, then reads the statement. Throws EvidenceRefused. */
export async function openEnvelope(envelope: unknown, jwks: unknown): Promise<VerifiedEnvelope> {
  const { payloadType, payload, signatures } = parseEnvelope(envelope);
  const [{ keyid, sig }] = signatures;
  const found = await findKey(jwks, keyid);
  if (found === "not_a_set") throw new EvidenceRefused("attestor_set_invalid");
  if (found === "unknown") throw new EvidenceRefused("attestor_unknown", `Its kid is ${JSON.stringify(keyid)}.`);
  if (found === "broken") throw new EvidenceRefused("attestor_unknown", "The key itself is broken.");
  const signature = fromDer(decode(sig));
  if (signature === null) throw new EvidenceRefused("evidence_malformed", "Its signature is not in DER.");
  const signed = preAuthenticationEncoding(payloadType, decode(payload));
  if (!(await crypto.subtle.verify({ name: "ECDSA", hash: "SHA-256" }, found.key, signature, signed)))
    throw new EvidenceRefused("evidence_signature_invalid");
  return { statement: readStatement(payload), kid: keyid, point: found.point };
}

/** Reads without checking the signature: for one's own evidence, and to say what unchecked evidence claims. Throws EvidenceRefused. */
export function readUnverified(envelope: unknown): OpenedEnvelope {
  const { payload, signatures } = parseEnvelope(envelope);
  return { statement: readStatement(payload), kid: signatures[0].keyid };
}

type Signature = DsseEnvelope["signatures"][number];

/** One signature, not several: which of them is the attestor's word would otherwise be anybody's guess. Throws EvidenceRefused. */
export function parseEnvelope(envelope: unknown): DsseEnvelope & { signatures: [Signature] } {
  const parsed = dsseEnvelopeSchema.safeParse(envelope);
  if (!parsed.success) throw malformedAt(parsed.error.issues[0]?.path);
  const [signature, ...others] = parsed.data.signatures;
  if (signature === undefined || others.length > 0) throw malformedAt(["signatures"]);
  return { ...parsed.data, signatures: [signature] };
}

function readStatement(payload: string): EvidenceStatement {
  let json: unknown;
  try {
    json = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(decode(payload)));
  } catch (error) {
    if (error instanceof EvidenceRefused) throw error;
    throw new EvidenceRefused("evidence_malformed", "Its payload is not JSON.");
  }
  const parsed = evidenceStatementSchema.safeParse(json);
  if (!parsed.success) throw malformedAt(parsed.error.issues[0]?.path);
  return parsed.data;
}

function decode(text: string): Uint8Array<ArrayBuffer> {
  const bytes = decodeBase64(text);
  if (bytes === null) throw new EvidenceRefused("evidence_malformed", "A part of it is not canonical base64.");
  return bytes;
}

function malformedAt(path: PropertyKey[] | undefined): EvidenceRefused {
  const place = path?.map(String).join(".") ?? "";
  return new EvidenceRefused("evidence_malformed", place === "" ? undefined : `Look at ${place}.`);
}
