import type { AttestedEvidence } from "@attestream/shared/worker-protocol";
import type { Json } from "@attestream/shared";
import { bindSession, makeDisclosure, signStatement, type EvidenceStatement } from "../evidence/index.ts";
import { createSigningKey, type SigningKey } from "../issue/signing-key.ts";
import { sampleInput, sampleNow } from "./sample.ts";

export const sampleWorkflow = { name: "demo-bank", version: "1.2.0", hash: "ab".repeat(32) };

export interface EvidenceChange {
  fields?: Record<string, Json>;
  sessionId?: string;
  nonce?: string | null;
  /** When it is issued; it was seen ten seconds before. */
  at?: Date;
  predicate?: Partial<EvidenceStatement["predicate"]>;
}

/** What an honest attestor would state about the sample's account holder and balance, or about whatever is changed. */
export async function stateSample(
  change: EvidenceChange = {},
): Promise<{ statement: EvidenceStatement; salts: Record<string, string> }> {
  const { accountHolder = "", balance = null } = sampleInput.claims;
  const values = change.fields ?? { accountHolder, balance };
  const salts: Record<string, string> = {};
  const fields: Record<string, string> = {};
  for (const [index, [name, value]] of Object.entries(values).entries()) {
    const salt = Buffer.alloc(16, index + 1).toString("base64url");
    salts[name] = salt;
    fields[name] = (await makeDisclosure(name, value, salt)).digest;
  }
  const seconds = Math.floor((change.at ?? sampleNow).getTime() / 1000);
  const nonce = change.nonce === undefined ? sampleInput.nonce : (change.nonce ?? undefined);
  const statement: EvidenceStatement = {
    _type: "https://in-toto.io/Statement/v1",
    subject: [{ name: "connection", digest: { sha256: "05".repeat(32) } }],
    predicateType: "urn:attestream:tls-evidence:1",
    predicate: {
      mode: "passive",
      session: await bindSession(change.sessionId ?? sampleInput.sessionId, nonce),
      part: "account",
      server_name: "api.demo-bank.example",
      connected_at: seconds - 20,
      observed_at: seconds - 10,
      http_status: 200,
      tls: { version: "1.3", cipher: "TLS_AES_128_GCM_SHA256", alpn: "http/1.1" },
      certificate: { leaf_spki_sha256: "02".repeat(32), chain_sha256: ["03".repeat(32)] },
      transcript: { sent_sha256: "04".repeat(32), received_sha256: "05".repeat(32) },
      workflow_hash: sampleWorkflow.hash,
      extractor_hash: "06".repeat(32),
      fields,
      ...change.predicate,
    },
  };
  return { statement, salts };
}

export async function witnessSample(attestor: SigningKey, change: EvidenceChange = {}): Promise<AttestedEvidence> {
  const { statement, salts } = await stateSample(change);
  return { envelope: await signStatement(statement, attestor), salts };
}

export async function createAttestor(): Promise<{ key: SigningKey; attestors: { keys: unknown[] } }> {
  const key = await createSigningKey();
  return { key, attestors: { keys: [key.publicJwk] } };
}
