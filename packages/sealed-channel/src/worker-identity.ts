import { calculateJwkThumbprint, CompactSign, exportJWK, generateKeyPair } from "jose";
import { statementType, type sealStatementSchema } from "./seal-statement.ts";
import type { z } from "zod";

/** Who a worker process is: a key pair that is made at its start and never leaves it. */
export interface WorkerIdentity {
  /** Public part, with `kid`, to be published. */
  publicJwk: Record<string, string>;
  sign(statement: z.infer<typeof sealStatementSchema>): Promise<string>;
}

export async function createWorkerIdentity(): Promise<WorkerIdentity> {
  const { publicKey, privateKey } = await generateKeyPair("ES256", { extractable: false });
  const { kty = "", crv = "", x = "", y = "" } = await exportJWK(publicKey);
  const kid = await calculateJwkThumbprint({ kty, crv, x, y });
  return {
    publicJwk: { kty, crv, x, y, kid, alg: "ES256", use: "sig" },
    sign: (statement) =>
      new CompactSign(new TextEncoder().encode(JSON.stringify(statement)))
        .setProtectedHeader({ alg: "ES256", kid, typ: statementType })
        .sign(privateKey),
  };
}
