import type { NotProven, Proven } from "@attestream/attestation/verify";

/** One line of what a proof says. */
export interface Said {
  name: string;
  value: string;
  /** Whose word it is, where that differs from field to field. */
  note?: string;
}

export type Outcome =
  | { state: "empty" }
  | { state: "checking" }
  | { state: "valid"; what: string; summary: string; said: Said[]; proven: Proven[]; notProven: NotProven[] }
  | { state: "invalid"; reason: string; message: string }
  | {
      state: "unchecked";
      message: string;
      /** Keys that are missing, and the address that the proof says they are at. */
      missing?: { keys: "keys" | "bbs-keys"; issuer: string | null };
    };
