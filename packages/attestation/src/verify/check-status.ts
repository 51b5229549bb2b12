import { z } from "zod";
import { decodeBase64url } from "../base64.ts";
import type { AttestationClaims } from "../vocabulary.ts";
import { Refused } from "./verify-result.ts";
import { verifySignature } from "./verify-signature.ts";

/** `older`: the list is older than the attestation, so it cannot know of it. */
export type StatusFindings = { state: "none" | "not_given" | "older" } | { state: "valid"; asOf: Date };

const statusListType = "statuslist+jwt";
const payloadSchema = z.looseObject({
  sub: z.string(),
  iat: z.int().nonnegative(),
  exp: z.int().nonnegative().optional(),
  status_list: z.looseObject({
    bits: z.union([z.literal(1), z.literal(2), z.literal(4), z.literal(8)]),
    /** zlib, base64url. */
    lst: z.string().regex(/^[A-Za-z0-9_-]*$/),
  }),
});

const longestList = 4 * 1024 * 1024;
const clockSkewSeconds = 60;
const statusWords = ["valid", "revoked", "suspended"];

/** Looks the attestation up in a Token Status List (IETF draft-ietf-oauth-status-list), a JWT signed by the same issuer. */
export async function checkStatus(
  claims: AttestationClaims,
  { statusList, jwks, now }: { statusList?: unknown; jwks: unknown; now: Date },
): Promise<StatusFindings> {
  if (claims.status === undefined) return { state: "none" };
  if (statusList === undefined) return { state: "not_given" };
  const { sub, iat, exp, status_list: list } = await openList(statusList, jwks);
  const { idx, uri } = claims.status.status_list;
  if (sub !== uri) throw new Refused("status_list_mismatch", `The attestation names ${JSON.stringify(uri)}.`);
  const seconds = now.getTime() / 1000;
  if (iat > seconds + clockSkewSeconds) throw new Refused("status_list_invalid", "It is dated in the future.");
  if (exp !== undefined && exp <= seconds) throw new Refused("status_list_expired");
  const status = readStatus(await inflate(list.lst), list.bits, idx);
  if (status === undefined) throw new Refused("status_list_mismatch", `It has no entry ${idx}.`);
  if (status !== 0) throw new Refused("revoked", `The list says ${statusWords[status] ?? `status ${status}`}.`);
  return iat < claims.iat ? { state: "older" } : { state: "valid", asOf: new Date(iat * 1000) };
}

async function openList(statusList: unknown, jwks: unknown): Promise<z.infer<typeof payloadSchema>> {
  if (typeof statusList !== "string" || statusList.length > longestList || statusList.split(".").length !== 3)
    throw new Refused("status_list_invalid", "It is not a compact JWT.");
  const { payload } = await verifySignature(statusList.trim(), jwks, statusListType).catch((error: unknown) => {
    throw error instanceof Refused ? new Refused("status_list_invalid", error.message) : error;
  });
  const parsed = payloadSchema.safeParse(payload);
  if (!parsed.success) throw new Refused("status_list_invalid", `Look at ${parsed.error.issues[0]?.path.join(".")}.`);
  return parsed.data;
}

/** The lowest bits of a byte come first. */
function readStatus(bytes: Uint8Array, bits: number, index: number): number | undefined {
  const perByte = 8 / bits;
  const byte = bytes[Math.floor(index / perByte)];
  return byte === undefined ? undefined : (byte >> ((index % perByte) * bits)) & (2 ** bits - 1);
}

/** Stops at a size that no honest list has: a small text can inflate to anything. */
async function inflate(lst: string): Promise<Uint8Array> {
  try {
    const chunks: Uint8Array<ArrayBuffer>[] = [];
    let length = 0;
    const reader = new Blob([decodeBase64url(lst)])
      .stream()
      .pipeThrough(new DecompressionStream("deflate"))
      .getReader();
    for (let next = await reader.read(); !next.done; next = await reader.read()) {
      length += next.value.length;
      if (length > longestList) throw new RangeError("too long");
      chunks.push(next.value);
    }
    return new Uint8Array(await new Blob(chunks).arrayBuffer());
  } catch {
    throw new Refused("status_list_invalid", "Its list cannot be unpacked.");
  }
}
