import { createHash, generateKeyPairSync, sign, verify } from "node:crypto";
import { cpuMs } from "./cpu-ms.ts";

const rounds = 5000;

/** The least that any proof of a connection costs: one signature verified, and the connection's bytes hashed. */
export function evidenceFloorMs({ sent, received }: { sent: Uint8Array; received: Uint8Array }): number {
  const { privateKey, publicKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const digest = createHash("sha256").update(received).digest();
  const signed = sign("sha256", digest, privateKey);
  const startedAt = cpuMs();
  for (let round = 0; round < rounds; round += 1) {
    createHash("sha256").update(sent).update(received).digest();
    if (!verify("sha256", digest, publicKey, signed)) throw new Error("the signature does not fit");
  }
  return (cpuMs() - startedAt) / rounds;
}
