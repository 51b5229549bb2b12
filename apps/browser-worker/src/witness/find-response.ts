import { createHash } from "node:crypto";
import {
  findResponse,
  openConnection,
  readResponses,
  TlsEvidenceRefused,
  type ServerSecrets,
} from "@attestream/attestation/tls-evidence";
import type { EvidenceGapCode } from "@attestream/shared/worker-protocol";
import type { WitnessedConnection } from "./witnessed-connection.ts";

export interface WitnessedResponse {
  connection: WitnessedConnection;
  secrets: ServerSecrets;
  /** Hex, of the decoded body. */
  bodySha256: string;
}

/** Looks for the response with this body, here: only the connection that holds it is disclosed to the attestor. */
export function findWitnessedResponse(
  body: string,
  connections: readonly WitnessedConnection[],
  options: { roots: readonly string[]; now: Date },
): WitnessedResponse | EvidenceGapCode {
  const bodySha256 = createHash("sha256").update(body, "utf8").digest("hex");
  let gap: EvidenceGapCode = "not_witnessed";
  for (const connection of connections.toReversed()) {
    const { secrets, problem } = connection;
    if (problem !== null) gap = problem;
    if (problem !== null || secrets === null) continue;
    try {
      const opened = openConnection(connection.recorded, secrets, options);
      const found = findResponse(readResponses(opened), bodySha256)?.complete === true;
      opened.plaintext.fill(0);
      if (found) return { connection, secrets, bodySha256 };
    } catch (error) {
      if (!(error instanceof TlsEvidenceRefused)) throw error;
      gap = "tls_unsuitable";
    }
  }
  return gap;
}
