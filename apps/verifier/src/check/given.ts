import type { Proof } from "@attestream/attestation/verify";

/** What a file turned out to be. Told by its content; its name is for people. */
export type Given =
  | { kind: "attestation"; proof: Proof; issuer: string | null; statusUri: string | null; signerKid: string | null }
  | { kind: "predicate-proof"; json: unknown; issuer: string | null }
  | { kind: "receipt"; jwt: string; issuer: string | null }
  | { kind: "keys"; json: unknown; kids: string[] }
  | { kind: "bbs-keys"; json: unknown }
  | { kind: "status-list"; jwt: string }
  | { kind: "unknown"; problem: string };

export interface GivenFile {
  name: string;
  text: string;
  given: Given;
}

export const kindNames: Record<Given["kind"], string> = {
  attestation: "the proof: an attestation",
  "predicate-proof": "the proof: a predicate proof",
  receipt: "the proof: an erasure receipt",
  keys: "public keys",
  "bbs-keys": "public keys for predicate proofs",
  "status-list": "a status list",
  unknown: "not known",
};

export function isProof({ given: { kind } }: GivenFile): boolean {
  return kind === "attestation" || kind === "predicate-proof" || kind === "receipt";
}
