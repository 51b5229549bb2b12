import type { SigningKey } from "@attestream/attestation";
import { applyDisclosure, DisclosureError, narrowDisclosure } from "@attestream/attestation/disclosure";
import {
  evidencePredicateType,
  hashDisclosure,
  hashExtractor,
  makeDisclosure,
  signStatement,
  type EvidenceStatement,
} from "@attestream/attestation/evidence";
import type { ExtractedData } from "@attestream/shared";
import type { EvidenceAsked } from "@attestream/shared/attestor-protocol";
import type { AttestedEvidence } from "@attestream/shared/worker-protocol";
import { ReadError, readJsonFields, type ReadRule } from "@attestream/workflow/extract";
import { AttestorRefused } from "../attestor-refused.ts";
import type { Recording } from "../recording/recording.ts";
import { openResponse, type FoundResponse } from "./open-response.ts";
import { checkRequest, readPart } from "./read-part.ts";

export interface EvidenceIssuerOptions {
  key: SigningKey;
  /** PEM: authorities that sites may have their certificates from. */
  roots: readonly string[];
  workflows: ReadonlySet<string> | undefined;
  now: () => Date;
  newSalt: () => string;
}

/**
 * Evidence of what a site answered: opened, checked, and read with the platform's own rules, here and not by
 * the worker. Throws AttestorRefused. What was opened is wiped before it returns.
 */
export async function issueEvidence(
  asked: EvidenceAsked,
  recording: Recording,
  options: EvidenceIssuerOptions,
): Promise<AttestedEvidence> {
  const { key, roots, workflows, now, newSalt } = options;
  if (asked.session !== recording.session) throw new AttestorRefused("session_mismatch");
  const { part, mode, rules } = readPart(asked, { host: recording.host, workflows });
  const observedAt = now();
  const found = openResponse(asked, recording, { roots, now: observedAt });
  const { opened, response, request } = found;
  try {
    if (response.status >= 400) throw new AttestorRefused("response_failed");
    if (request) checkRequest(part, { method: request.method, url: `https://${request.host}${request.target}` });
    const { fields, salts } = await disclose(readFields(found, rules), asked, newSalt);
    const disclosureHash = await hashDisclosure(asked.disclosure);
    const statement: EvidenceStatement = {
      _type: "https://in-toto.io/Statement/v1",
      subject: [{ name: "connection", digest: { sha256: opened.transcript.receivedSha256 } }],
      predicateType: evidencePredicateType,
      predicate: {
        mode,
        session: recording.session,
        part: part.id,
        server_name: recording.host,
        connected_at: toSeconds(recording.openedAt),
        observed_at: toSeconds(observedAt),
        http_status: response.status,
        ...(request ? { request: { method: request.method, target: request.target } } : {}),
        tls: { version: opened.version, cipher: opened.cipher, alpn: opened.alpn },
        certificate: {
          leaf_spki_sha256: opened.certificate.leafSpkiSha256,
          chain_sha256: opened.certificate.chainSha256,
        },
        transcript: { sent_sha256: opened.transcript.sentSha256, received_sha256: opened.transcript.receivedSha256 },
        workflow_hash: asked.platformHash,
        extractor_hash: await hashExtractor(part.read ?? {}),
        ...(disclosureHash === undefined ? {} : { disclosure_hash: disclosureHash }),
        fields,
      },
    };
    return { envelope: await signStatement(statement, key), salts };
  } finally {
    opened.plaintext.fill(0);
    response.body.fill(0);
  }
}

function readFields({ response }: FoundResponse, rules: Record<string, ReadRule>): ExtractedData {
  try {
    return readJsonFields(new TextDecoder().decode(response.body), rules);
  } catch (error) {
    throw error instanceof ReadError ? new AttestorRefused("fields_unreadable") : error;
  }
}

/** The fields as the session's attestation will disclose them, or the answers to what it was asked about them. */
async function disclose(data: ExtractedData, asked: EvidenceAsked, newSalt: () => string) {
  const narrowed = narrowDisclosure(asked.disclosure ?? "full", Object.keys(data));
  const fields: Record<string, string> = {};
  const salts: Record<string, string> = {};
  if (narrowed === null) return { fields, salts };
  try {
    for (const [name, value] of Object.entries(applyDisclosure(data, narrowed))) {
      const salt = newSalt();
      salts[name] = salt;
      fields[name] = (await makeDisclosure(name, value, salt)).digest;
    }
  } catch (error) {
    throw error instanceof DisclosureError ? new AttestorRefused("fields_unreadable") : error;
  }
  return { fields, salts };
}

function toSeconds(date: Date): number {
  return Math.floor(date.getTime() / 1000);
}
