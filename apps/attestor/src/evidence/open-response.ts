import { timingSafeEqual } from "node:crypto";
import {
  findResponse,
  hashSecrets,
  openConnection,
  openReplay,
  readResponses,
  TlsEvidenceRefused,
  type HttpResponse,
  type OpenedConnection,
} from "@attestream/attestation/tls-evidence";
import type { EvidenceAsked } from "@attestream/shared/attestor-protocol";
import { AttestorRefused } from "../attestor-refused.ts";
import type { Recording } from "../recording/recording.ts";

export interface FoundResponse {
  opened: OpenedConnection;
  response: HttpResponse;
  /** Replay mode. */
  request?: { method: string; target: string; host: string };
}

/** Opens the recording with the disclosed secrets, if they are those that were committed to, and finds the response. Throws AttestorRefused. */
export function openResponse(
  asked: Pick<EvidenceAsked, "secrets" | "clientKeys" | "bodySha256">,
  recording: Recording,
  options: { roots: readonly string[]; now: Date },
): FoundResponse {
  if (!recording.isComplete) throw new AttestorRefused("recording_incomplete");
  const secrets = { handshake: decode(asked.secrets.handshake), application: decode(asked.secrets.application) };
  if (recording.commitment === null) throw new AttestorRefused("secrets_uncommitted");
  if (!timingSafeEqual(hashSecrets(secrets), Buffer.from(recording.commitment, "hex")))
    throw new AttestorRefused("secrets_mismatch");
  const connection = recording.snapshot();
  if (connection.received.length === 0) throw new AttestorRefused("not_connected");
  try {
    const { clientKeys } = asked;
    if (clientKeys) {
      const keys = { request: decodeKey(clientKeys.request), end: decodeKey(clientKeys.end) };
      const { response, request, ...opened } = openReplay(connection, secrets, keys, options);
      if (response.bodySha256 !== asked.bodySha256) throw new AttestorRefused("response_unknown");
      return { opened, response, request };
    }
    const opened = openConnection(connection, secrets, options);
    const response = findResponse(readResponses(opened), asked.bodySha256);
    if (!response?.complete) throw new AttestorRefused("response_unknown");
    return { opened, response };
  } catch (error) {
    throw error instanceof TlsEvidenceRefused ? new AttestorRefused("tls_refused", error.code) : error;
  } finally {
    for (const bytes of [connection.sent, connection.received, secrets.handshake, secrets.application]) bytes.fill(0);
  }
}

function decode(text: string): Buffer {
  return Buffer.from(text, "base64url");
}

function decodeKey({ key, iv }: { key: string; iv: string }): { key: Buffer; iv: Buffer } {
  return { key: decode(key), iv: decode(iv) };
}
