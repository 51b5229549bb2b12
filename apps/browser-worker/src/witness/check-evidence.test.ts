import { createSigningKey } from "@attestream/attestation";
import {
  evidencePredicateType,
  makeDisclosure,
  signStatement,
  type EvidenceStatement,
} from "@attestream/attestation/evidence";
import { expect, it } from "vitest";
import { checkEvidence } from "./check-evidence.ts";

const hash = "0".repeat(64);
const salt = "a".repeat(22);
const key = await createSigningKey();

async function evidenceOf(value: string, changes: Partial<EvidenceStatement["predicate"]> = {}) {
  const { digest } = await makeDisclosure("holder", value, salt);
  const envelope = await signStatement(
    {
      _type: "https://in-toto.io/Statement/v1",
      subject: [{ name: "connection", digest: { sha256: hash } }],
      predicateType: evidencePredicateType,
      predicate: {
        mode: "passive",
        session: hash,
        part: "account",
        server_name: "bank.test",
        connected_at: 1,
        observed_at: 2,
        http_status: 200,
        tls: { version: "1.3", cipher: "TLS_AES_128_GCM_SHA256", alpn: "h2" },
        certificate: { leaf_spki_sha256: hash, chain_sha256: [hash] },
        transcript: { sent_sha256: hash, received_sha256: hash },
        workflow_hash: hash,
        extractor_hash: hash,
        fields: { holder: digest },
        ...changes,
      },
    },
    key,
  );
  return { envelope, salts: { holder: salt } };
}

const expected = {
  key: key.publicJwk,
  session: hash,
  part: "account",
  mode: "passive" as const,
  workflowHash: hash,
  fields: { holder: "Jane" },
};

it("takes evidence of what was read here", async () => {
  expect(await checkEvidence(await evidenceOf("Jane"), expected)).toBe("good");
});

it("sees another value, one that is missing, and one too many", async () => {
  expect(await checkEvidence(await evidenceOf("Joan"), expected)).toBe("mismatch");
  expect(await checkEvidence(await evidenceOf("Jane", { fields: {} }), expected)).toBe("mismatch");
  expect(await checkEvidence(await evidenceOf("Jane"), { ...expected, fields: {} })).toBe("mismatch");
});

it("sees evidence of something else, or of somebody else", async () => {
  const other = "1".repeat(64);
  for (const changes of [{ session: other }, { part: "other" }, { workflow_hash: other }])
    expect(await checkEvidence(await evidenceOf("Jane", changes), expected)).toBe("foreign");
  const stranger = await createSigningKey();
  expect(await checkEvidence(await evidenceOf("Jane"), { ...expected, key: stranger.publicJwk })).toBe("foreign");
});
