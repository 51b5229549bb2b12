import { z } from "zod";

/**
 * How the two ends of a link show each other that they know the same secret, without sending it: an HMAC over
 * two fresh nonces and the name of the end that proves. Of use on one link and for one end only: a proof that
 * is replayed or thrown back fits nothing. `purpose` keeps proofs of different links, and other uses of the
 * same secret, apart.
 */
export function createLinkProof<End extends string>(purpose: string) {
  const importKey = (secret: string) => {
    const key = new TextEncoder().encode(`${purpose}\n${secret}`);
    return crypto.subtle.importKey("raw", key, { name: "HMAC", hash: "SHA-256" }, false, ["sign", "verify"]);
  };
  const statement = (end: End, nonces: readonly [string, string]) =>
    new TextEncoder().encode([end, ...nonces].join("\n"));

  return {
    async prove(secret: string, end: End, nonces: readonly [string, string]): Promise<string> {
      const signature = await crypto.subtle.sign("HMAC", await importKey(secret), statement(end, nonces));
      return toBase64Url(new Uint8Array(signature));
    },
    /** In constant time. `end` is the one that proves. */
    async isProof(secret: string, end: End, nonces: readonly [string, string], proof: string): Promise<boolean> {
      if (nonces[0] === nonces[1]) return false;
      const bytes = Uint8Array.from(atob(proof.replaceAll("-", "+").replaceAll("_", "/")), (char) =>
        char.charCodeAt(0),
      );
      return crypto.subtle.verify("HMAC", await importKey(secret), bytes, statement(end, nonces));
    },
  };
}

/** 32 bytes, base64url: a nonce, or a proof. */
export const linkBytesSchema = z.string().regex(/^[A-Za-z0-9_-]{43}$/);

export function newLinkNonce(): string {
  return toBase64Url(crypto.getRandomValues(new Uint8Array(32)));
}

function toBase64Url(bytes: Uint8Array): string {
  return btoa(String.fromCharCode(...bytes))
    .replaceAll("+", "-")
    .replaceAll("/", "_")
    .replace(/=+$/, "");
}
