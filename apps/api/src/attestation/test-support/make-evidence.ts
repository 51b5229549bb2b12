import { createHash, randomBytes } from "node:crypto";
import type { SigningKey } from "@attestream/attestation";
import {
  bindSession,
  hashDisclosure,
  hashExtractor,
  makeDisclosure,
  signStatement,
  type EvidenceStatement,
} from "@attestream/attestation/evidence";
import type { Disclosure, ExtractedData } from "@attestream/shared";
import type { AttestedEvidence } from "@attestream/shared/worker-protocol";
import { platformHash, samplePlatform } from "../../webhooks/test-support/start-sessions.ts";

/** What an attestor would answer for the sample platform's only part. */
export async function makeEvidence(
  {
    key,
    sessionId,
    nonce,
    data,
    disclosure = "full",
  }: {
    key: SigningKey;
    sessionId: string;
    nonce?: string;
    data: ExtractedData;
    disclosure?: Disclosure;
  },
  changes: Partial<EvidenceStatement["predicate"]> = {},
): Promise<AttestedEvidence> {
  const salts: Record<string, string> = {};
  const fields: Record<string, string> = {};
  for (const [name, value] of Object.entries(data)) {
    const salt = randomBytes(16).toString("base64url");
    salts[name] = salt;
    fields[name] = (await makeDisclosure(name, value, salt)).digest;
  }
  const hash = (text: string) => createHash("sha256").update(text).digest("hex");
  const at = Math.floor(Date.now() / 1000);
  const asked = await hashDisclosure(disclosure);
  const envelope = await signStatement(
    {
      _type: "https://in-toto.io/Statement/v1",
      subject: [{ name: "connection", digest: { sha256: hash("received") } }],
      predicateType: "urn:attestream:tls-evidence:1",
      predicate: {
        mode: "passive",
        session: await bindSession(sessionId, nonce),
        part: "account",
        server_name: "bank.example.com",
        connected_at: at,
        observed_at: at,
        http_status: 200,
        tls: { version: "1.3", cipher: "TLS_AES_128_GCM_SHA256", alpn: "h2" },
        certificate: { leaf_spki_sha256: hash("spki"), chain_sha256: [hash("leaf")] },
        transcript: { sent_sha256: hash("sent"), received_sha256: hash("received") },
        workflow_hash: platformHash,
        extractor_hash: await hashExtractor(samplePlatform.collect[0]?.read ?? {}),
        ...(asked === undefined ? {} : { disclosure_hash: asked }),
        fields,
        ...changes,
      },
    },
    key,
  );
  return { envelope, salts };
}
