import { calculateJwkThumbprint, exportJWK, generateKeyPair } from "jose";
import { z } from "zod";

const coordinateSchema = z.string().regex(/^[A-Za-z0-9_-]{43}$/);

export const publicJwkSchema = z.strictObject({
  kty: z.literal("EC"),
  crv: z.literal("P-256"),
  x: coordinateSchema,
  y: coordinateSchema,
  kid: z.string().min(1),
  alg: z.literal("ES256"),
  use: z.literal("sig"),
});

export const privateJwkSchema = publicJwkSchema.extend({ d: coordinateSchema });

/** A stored signing key, as its owner keeps it. `privateJwk` is a secret. */
export const signingKeySchema = z.strictObject({
  kid: z.string().min(1),
  privateJwk: privateJwkSchema,
  publicJwk: publicJwkSchema,
});

export type PublicJwk = z.infer<typeof publicJwkSchema>;
export type SigningKey = z.infer<typeof signingKeySchema>;

/** A new ES256 key. Its `kid` is the RFC 7638 thumbprint, so that a key cannot be published under another one's name by mistake. */
export async function createSigningKey(): Promise<SigningKey> {
  const pair = await generateKeyPair("ES256", { extractable: true });
  const { x, y, d } = await exportJWK(pair.privateKey);
  const kid = await calculateJwkThumbprint({ kty: "EC", crv: "P-256", x, y } as {
    kty: "EC";
    crv: string;
    x: string;
    y: string;
  });
  const common = { kty: "EC", crv: "P-256", x, y, kid, alg: "ES256", use: "sig" };
  return signingKeySchema.parse({ kid, publicJwk: common, privateJwk: { ...common, d } });
}
