import { randomBytes } from "node:crypto";
import { deflateSync } from "node:zlib";
import { createIssuer, createSigningKey, type AttestationInput, type SigningKey } from "@attestream/attestation";
import {
  bindSession,
  makeDisclosure,
  signStatement,
  type DsseEnvelope,
  type EvidenceStatement,
} from "@attestream/attestation/evidence";
import {
  appendEntry,
  emptyHead,
  encodeHash,
  logEntryOf,
  proveInclusion,
  rootOf,
  signCheckpoint,
} from "@attestream/attestation/log";
import { verifyAttestation, type VerifyOptions } from "@attestream/attestation/verify";
import { CompactSign, importJWK } from "jose";
import type { RowDefinition } from "../report/bench-row.ts";
import type { RowGroup } from "../report/bench.ts";
import { median } from "../statistics/quantile.ts";

export const verifyRows: readonly RowDefinition[] = [
  { name: "verify.ms", unit: "ms", goal: { of: "value", atMost: 5 } },
];

const issuer = "https://verify.example.com";
const sessionId = "0b9d5f0e-6a3f-4b7e-9f54-7d3a1c2b4e5f";
const statusUri = `${issuer}/status-lists/1`;
const logSize = 16_384;
const statusEntries = 131_072;

/** An account as banks have it, with a year of transactions. */
const claims: AttestationInput["claims"] = {
  accountHolder: "Jane Roe",
  accountType: "checking",
  lastFourDigits: "0123",
  currency: "EUR",
  balance: { amount: "1250.50", currency: "EUR" },
  memberSince: "2019-04-01",
  transactions: Array.from({ length: 120 }, (_, index) => ({
    date: `2026-01-${String((index % 28) + 1).padStart(2, "0")}`,
    amount: { amount: `-${index}.50`, currency: "EUR" },
    description: `payment ${index}`,
  })),
};

/** The whole check of a proof in this process: signature, disclosures, evidence by an attestor, log, status list. */
export const verify: RowGroup = {
  title: "checking a whole proof",
  rows: verifyRows.map(({ name }) => name),
  async measure({ quick }) {
    const { attestation, options } = await makeProof();
    const times: number[] = [];
    for (let index = 0; index < (quick ? 5 : 300); index += 1) {
      const startedAt = performance.now();
      const result = await verifyAttestation(attestation, options);
      times.push(performance.now() - startedAt);
      if (!result.ok) throw new Error(`the proof was refused: ${result.reason}`);
      if (Object.keys(result.witnessed).length !== Object.keys(claims).length)
        throw new Error("a field's evidence was not checked");
    }
    const [first = 0, ...others] = times;
    const kilobytes = (Buffer.byteLength(JSON.stringify({ attestation, ...options })) / 1000).toFixed(0);
    const note = `signature, ${Object.keys(claims).length} fields, evidence, log of ${logSize}, status list; p50 of ${others.length}, the first ${first.toFixed(1)} ms; ${kilobytes} kB`;
    return { "verify.ms": { value: median(others), note } };
  },
};

async function makeProof(): Promise<{ attestation: string; options: VerifyOptions }> {
  const now = new Date();
  const [key, attestor] = [await createSigningKey(), await createSigningKey()];
  const witnessed = await witness(attestor, now);
  const { attestation } = await createIssuer({
    issuer,
    signingKey: key,
    now: () => now,
    newId: () => "attestation-1",
  }).issue({
    audience: "partner-1",
    sessionId,
    platform: { id: 1, name: "demo-bank" },
    nonce: "nonce",
    externalReferenceId: "order 17",
    receiverData: { name: "Jane Roe" },
    workflow: { name: "demo-bank", version: "1.0.0", hash: "ab".repeat(32) },
    result: "complete",
    isolationLevel: "L2",
    browser: { product: "HeadlessChrome", version: "156.0" },
    claims,
    evidence: [witnessed],
    status: { idx: 4711, uri: statusUri },
  });
  const options: VerifyOptions = {
    jwks: { keys: [key.publicJwk] },
    attestors: { keys: [attestor.publicJwk] },
    evidence: [witnessed.envelope],
    log: await logOf(attestation, key, now),
    statusList: await statusListOf(key, now),
    now,
    issuer,
    audience: "partner-1",
    nonce: "nonce",
    sessionId,
    servers: ["api.demo-bank.example"],
    require: "passive",
  };
  return { attestation, options };
}

async function witness(
  attestor: SigningKey,
  now: Date,
): Promise<{ envelope: DsseEnvelope; salts: Record<string, string> }> {
  const salts = Object.fromEntries(Object.keys(claims).map((name) => [name, randomBytes(16).toString("base64url")]));
  const digests = Object.entries(claims).map(
    async ([name, value]) => [name, (await makeDisclosure(name, value, salts[name] ?? "")).digest] as const,
  );
  const seconds = Math.floor(now.getTime() / 1000);
  const hash = () => randomBytes(32).toString("hex");
  const received = hash();
  const statement: EvidenceStatement = {
    _type: "https://in-toto.io/Statement/v1",
    subject: [{ name: "connection", digest: { sha256: received } }],
    predicateType: "urn:attestream:tls-evidence:1",
    predicate: {
      mode: "passive",
      session: await bindSession(sessionId, "nonce"),
      part: "account",
      server_name: "api.demo-bank.example",
      connected_at: seconds - 2,
      observed_at: seconds - 1,
      http_status: 200,
      tls: { version: "1.3", cipher: "TLS_AES_128_GCM_SHA256", alpn: "h2" },
      certificate: { leaf_spki_sha256: hash(), chain_sha256: [hash(), hash()] },
      transcript: { sent_sha256: hash(), received_sha256: received },
      workflow_hash: "ab".repeat(32),
      extractor_hash: hash(),
      fields: Object.fromEntries(await Promise.all(digests)),
    },
  };
  return { envelope: await signStatement(statement, attestor), salts };
}

async function logOf(attestation: string, key: SigningKey, issuedAt: Date) {
  const nodes = new Map<string, Uint8Array>();
  const index = Math.floor(logSize / 3);
  let head = emptyHead;
  for (let at = 0; at < logSize; at += 1) {
    const entry = at === index ? logEntryOf(attestation.split("~")[0] ?? "") : randomBytes(32);
    const grown = appendEntry(head, entry);
    head = grown.head;
    for (const node of grown.nodes) nodes.set(`${node.level}:${node.index}`, node.hash);
  }
  const read = async (ids: readonly { level: number; index: number }[]) =>
    ids.map((id) => nodes.get(`${id.level}:${id.index}`) ?? new Uint8Array());
  const id = `${issuer}/log`;
  const inclusion = (await proveInclusion({ read }, index, logSize)).map(encodeHash);
  const checkpoint = await signCheckpoint({ origin: id, size: logSize, root: rootOf(head), issuedAt }, key);
  return { id, index, size: logSize, inclusion, checkpoint };
}

async function statusListOf(key: SigningKey, now: Date): Promise<string> {
  const iat = Math.floor(now.getTime() / 1000);
  const bits = Uint8Array.from({ length: statusEntries / 8 }, (_, index) => (index % 97 === 0 ? 1 : 0));
  const payload = {
    sub: statusUri,
    iat,
    exp: iat + 86_400,
    status_list: { bits: 1, lst: deflateSync(bits).toString("base64url") },
  };
  return new CompactSign(Buffer.from(JSON.stringify(payload)))
    .setProtectedHeader({ alg: "ES256", kid: key.kid, typ: "statuslist+jwt" })
    .sign(await importJWK(key.privateJwk, "ES256"));
}
