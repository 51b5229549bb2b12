import type { DsseEnvelope } from "@attestream/shared";
import { canonicalJson } from "../canonical-json.ts";
import { sha256Hex } from "../digest.ts";

export const statementPayloadType = "application/vnd.in-toto+json";

const encoder = new TextEncoder();

/** DSSE's pre-authentication encoding: what is signed in place of the payload, so that a payload of one type cannot pass for another. */
export function preAuthenticationEncoding(payloadType: string, payload: Uint8Array): Uint8Array<ArrayBuffer> {
  const head = encoder.encode(`DSSEv1 ${encoder.encode(payloadType).length} ${payloadType} ${payload.length} `);
  const bytes = new Uint8Array(head.length + payload.length);
  bytes.set(head);
  bytes.set(payload, head.length);
  return bytes;
}

/** The `envelope_sha256` by which an attestation names its evidence: of the envelope as JSON with sorted keys and no spaces. */
export function hashEnvelope(envelope: DsseEnvelope): Promise<string> {
  return sha256Hex(canonicalJson(envelope));
}
