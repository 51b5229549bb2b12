import type { OpenedConnection } from "../opened-connection.ts";
import { finishResponses } from "./finish-response.ts";
import { readHttp2 } from "./h2/read-http2.ts";
import type { HttpResponse } from "./http-response.ts";
import { readHttp1 } from "./read-http1.ts";

/**
 * The responses in the order in which they began. Throws TlsEvidenceRefused. Without `closed`, a body that lasts until
 * the end of the connection is never complete.
 */
export function readResponses(
  opened: Pick<OpenedConnection, "alpn" | "plaintext"> & Partial<Pick<OpenedConnection, "closed">>,
): HttpResponse[] {
  const { alpn, plaintext, closed = false } = opened;
  return finishResponses(alpn === "h2" ? readHttp2(plaintext) : readHttp1(plaintext, closed).responses);
}

/** The complete response with that decoded body. */
export function findResponse(responses: readonly HttpResponse[], bodySha256: string): HttpResponse | null {
  return responses.find((response) => response.complete && response.bodySha256 === bodySha256) ?? null;
}
