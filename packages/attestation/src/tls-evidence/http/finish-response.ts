import { createHash } from "node:crypto";
import { TlsEvidenceRefused, type TlsRefusal } from "../tls-refusal.ts";
import { decodeBody } from "./body-coding.ts";
import type { HttpResponse } from "./http-response.ts";

/** A response as it was framed, before its body is decoded. */
export interface FramedResponse {
  status: number;
  headers: [string, string][];
  body: Uint8Array;
  complete: boolean;
}

const longestBody = 32 * 2 ** 20;
const longestBodies = 64 * 2 ** 20;
export const mostResponses = 1000;

/** Decodes the bodies of a connection, which together may not grow beyond a limit. */
export function finishResponses(framed: readonly FramedResponse[]): HttpResponse[] {
  let left = longestBodies;
  return framed.map((response) => {
    const { body, unread } = tryDecode(response, Math.min(longestBody, left));
    left -= body.length;
    const bodySha256 = createHash("sha256").update(body).digest("hex");
    return { ...response, body, bodySha256, complete: response.complete && unread === null, unread };
  });
}

function tryDecode(
  { body, headers, complete }: FramedResponse,
  longest: number,
): { body: Uint8Array; unread: TlsRefusal | null } {
  // Half of something compressed is nothing.
  if (!complete && headers.some(([name]) => name === "content-encoding"))
    return { body: new Uint8Array(), unread: "http_encoding" };
  try {
    return { body: decodeBody(body, headers, longest), unread: null };
  } catch (error) {
    if (!(error instanceof TlsEvidenceRefused)) throw error;
    return { body: new Uint8Array(), unread: error.code };
  }
}
