import { bytesToHex, hexToBytes } from "@noble/hashes/utils.js";
import { CompactSign, importJWK } from "jose";
import { z } from "zod";
import type { SigningKey } from "../issue/signing-key.ts";
import { verifySignature } from "../verify/verify-signature.ts";

/** Of the header: a checkpoint cannot pass for an attestation, nor one for a checkpoint. */
export const checkpointType = "log-checkpoint+jwt";

export interface Checkpoint {
  /** Which log: a checkpoint of another one fits nothing here. */
  origin: string;
  size: number;
  root: Uint8Array;
  issuedAt: Date;
}

const payloadSchema = z.object({
  origin: z.string().min(1).max(2_048),
  size: z.int().min(0),
  root: z.string().regex(/^[0-9a-f]{64}$/),
  iat: z.int().min(0),
});

/**
 * A statement of the log's size and root: the three lines of a C2SP checkpoint, but as a compact JWS.
 * The keys are then the issuer's, published as a JWKS, and whoever can check the attestation can
 * check its log with the same library; a signed note would bring a second kind of key.
 */
export async function signCheckpoint({ origin, size, root, issuedAt }: Checkpoint, key: SigningKey): Promise<string> {
  const payload = { origin, size, root: bytesToHex(root), iat: Math.floor(issuedAt.getTime() / 1000) };
  return new CompactSign(new TextEncoder().encode(JSON.stringify(payload)))
    .setProtectedHeader({ alg: "ES256", kid: key.kid, typ: checkpointType })
    .sign(await importJWK(key.privateJwk, "ES256"));
}

/** With the issuer's JWKS. Null when it is not a checkpoint that one of its keys signed. */
export async function openCheckpoint(
  checkpoint: string,
  jwks: unknown,
): Promise<(Checkpoint & { kid: string }) | null> {
  try {
    const { kid, payload } = await verifySignature(checkpoint, jwks, checkpointType);
    const parsed = payloadSchema.safeParse(payload);
    if (!parsed.success) return null;
    const { origin, size, root, iat } = parsed.data;
    return { kid, origin, size, root: hexToBytes(root), issuedAt: new Date(iat * 1000) };
  } catch {
    // Refused, or not even of a JWS's form: for the caller that is the same.
    return null;
  }
}
