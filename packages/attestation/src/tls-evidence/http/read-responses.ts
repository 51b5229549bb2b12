import type { OpenedConnection } from "../opened-connection.ts";
import { TlsEvidenceRefused } from "../tls-refusal.ts";
import type { HttpResponse } from "./http-response.ts";

/** The responses in the order in which they began. Throws TlsEvidenceRefused. */
export function readResponses(
  opened: Pick<OpenedConnection, "alpn" | "plaintext"> & Partial<Pick<OpenedConnection, "closed">>,
): HttpResponse[] {
  if (opened.plaintext.length === 0) return [];
  throw new TlsEvidenceRefused("http_invalid");
}

/** The complete response with that decoded body. */
export function findResponse(responses: readonly HttpResponse[], bodySha256: string): HttpResponse | null {
  return responses.find((response) => response.complete && response.bodySha256 === bodySha256) ?? null;
}
