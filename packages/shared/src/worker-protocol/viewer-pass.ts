import { z } from "zod";
import { sessionIdSchema } from "../ids.ts";

/**
 * The proof that the API has authenticated a viewer. It travels in the header `viewerPassHeader` of
 * the upgrade request that the API forwards to the worker. HMAC-SHA-256 under the worker token, so
 * that a worker needs no look-up and nobody else can reach its viewer endpoint.
 */
export const viewerPassHeader = "x-attestream-viewer-pass";

const claimsSchema = z.strictObject({
  sessionId: sessionIdSchema,
  epoch: z.int(),
  /** Unix time, milliseconds. */
  expiresAt: z.int(),
  /** Names the viewer; another viewer replaces it only when its turn came later. */
  viewerId: z.string().min(1).max(64),
  /** Counts the session's viewers. After a higher one was seen a lower one is worth nothing. */
  turn: z.int().min(1),
});

export type ViewerPass = z.infer<typeof claimsSchema>;

const encoder = new TextEncoder();

function importKey(workerToken: string) {
  return crypto.subtle.importKey(
    "raw",
    encoder.encode(`attestream viewer pass v1\n${workerToken}`),
    { name: "HMAC", hash: "SHA-256" },
    false,
    ["sign", "verify"],
  );
}

export async function mintViewerPass(workerToken: string, claims: ViewerPass): Promise<string> {
  const body = encoder.encode(JSON.stringify(claims));
  const signature = await crypto.subtle.sign("HMAC", await importKey(workerToken), body);
  return `${toBase64Url(body)}.${toBase64Url(new Uint8Array(signature))}`;
}

/** The claims of a pass that is authentic and not expired, else null. */
export async function checkViewerPass(workerToken: string, pass: string, now: Date): Promise<ViewerPass | null> {
  const [body, signature, extra] = pass.split(".").map(fromBase64Url);
  if (!body || !signature || extra !== undefined) return null;
  if (!(await crypto.subtle.verify("HMAC", await importKey(workerToken), signature, body))) return null;
  const claims = claimsSchema.safeParse(JSON.parse(new TextDecoder().decode(body)));
  return claims.success && claims.data.expiresAt > now.getTime() ? claims.data : null;
}

function toBase64Url(bytes: Uint8Array): string {
  return btoa(String.fromCharCode(...bytes))
    .replaceAll("+", "-")
    .replaceAll("/", "_")
    .replace(/=+$/, "");
}

function fromBase64Url(text: string): Uint8Array<ArrayBuffer> | null {
  if (!/^[A-Za-z0-9_-]*$/.test(text) || text.length % 4 === 1) return null;
  return Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (character) => character.charCodeAt(0));
}
