import { z } from "zod";

/**
 * How a control link begins, before anything else is believed on it. Both ends prove that they know
 * WORKER_TOKEN over two fresh nonces, and neither sends it:
 *
 *   API -> worker   hello  (protocol, nonce)
 *   worker -> API   hello  (protocol, nonce, proof)
 *   API -> worker   proof
 *   worker -> API   register, and so on
 *
 * The worker proves first: anybody can connect to the API and would else be given proofs to guess a
 * weak token by. What follows is not signed message by message: over a network that others share,
 * API_URL must be https.
 */
export type LinkEnd = "api" | "worker";

export interface LinkNonces {
  api: string;
  worker: string;
}

/** 32 bytes, base64url. */
const bytesSchema = z.string().regex(/^[A-Za-z0-9_-]{43}$/);

export const apiHelloSchema = z.strictObject({
  type: z.literal("hello"),
  protocol: z.int(),
  nonce: bytesSchema,
});
export const workerHelloSchema = z.strictObject({
  type: z.literal("hello"),
  protocol: z.int(),
  nonce: bytesSchema,
  proof: bytesSchema,
});
export const apiProofSchema = z.strictObject({ type: z.literal("proof"), proof: bytesSchema });

export type ApiHello = z.infer<typeof apiHelloSchema>;
export type WorkerHello = z.infer<typeof workerHelloSchema>;
export type ApiProof = z.infer<typeof apiProofSchema>;

/** Longer than any message of the handshake; what is longer need not be parsed. */
export const maxHandshakeLength = 500;

export function newLinkNonce(): string {
  return toBase64Url(crypto.getRandomValues(new Uint8Array(32)));
}

/** What this end shows to the other. Of use on one link and for one end only: a proof that is replayed or thrown back fits nothing. */
export async function proveToken(workerToken: string, end: LinkEnd, nonces: LinkNonces): Promise<string> {
  const key = await importKey(workerToken);
  return toBase64Url(new Uint8Array(await crypto.subtle.sign("HMAC", key, statement(end, nonces))));
}

/** In constant time. `end` is the one that proves. */
export async function isTokenProof(
  workerToken: string,
  end: LinkEnd,
  nonces: LinkNonces,
  proof: string,
): Promise<boolean> {
  if (nonces.api === nonces.worker) return false;
  const bytes = Uint8Array.from(atob(proof.replaceAll("-", "+").replaceAll("_", "/")), (char) => char.charCodeAt(0));
  return crypto.subtle.verify("HMAC", await importKey(workerToken), bytes, statement(end, nonces));
}

function statement(end: LinkEnd, nonces: LinkNonces): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(`${end}\n${nonces.api}\n${nonces.worker}`);
}

function importKey(workerToken: string) {
  // A key of its own for this purpose: a viewer pass is never a proof.
  const key = new TextEncoder().encode(`attestream worker link v1\n${workerToken}`);
  return crypto.subtle.importKey("raw", key, { name: "HMAC", hash: "SHA-256" }, false, ["sign", "verify"]);
}

function toBase64Url(bytes: Uint8Array): string {
  return btoa(String.fromCharCode(...bytes))
    .replaceAll("+", "-")
    .replaceAll("/", "_")
    .replace(/=+$/, "");
}
