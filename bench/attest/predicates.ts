import {
  createBbsKey,
  derivePresentation,
  issueCredential,
  verifyPresentation,
} from "@attestream/attestation/zero-knowledge";
import type { RowDefinition } from "../report/bench-row.ts";
import type { RowGroup } from "../report/bench.ts";
import { median } from "../statistics/quantile.ts";
import { cpuMs } from "./cpu-ms.ts";

export const predicateRows: readonly RowDefinition[] = [
  { name: "predicate.prove.ms", unit: "ms", goal: { of: "value", atMost: 1500 } },
  { name: "predicate.verify.ms", unit: "ms", goal: { of: "value", atMost: 500 } },
  { name: "predicate.bytes", unit: "B", goal: { of: "value", atMost: 6000 } },
];

/** An account as banks have it: nine fields. */
const claims = {
  accountHolder: "Jane Roe",
  accountType: "checking",
  lastFourDigits: "0123",
  bankName: "Demo Bank",
  currency: "EUR",
  balance: { amount: "1250.50", currency: "EUR" },
  memberSince: "2019-04-01",
  transactions: [{ date: "2026-01-31", amount: { amount: "-10.50", currency: "EUR" } }],
};

/** Two ranges and one revealed field, from a credential over an account: the holder's proof and the partner's check, in this process. */
export const predicates: RowGroup = {
  title: "predicate proofs",
  rows: predicateRows.map(({ name }) => name),
  async measure(run) {
    const key = await createBbsKey();
    const now = new Date();
    const credential = await issueCredential(
      {
        audience: "partner",
        sessionId: "0b9d5f0e-6a3f-4b7e-9f54-7d3a1c2b4e5f",
        platform: { id: 1, name: "demo-bank" },
        nonce: "nonce",
        workflow: { name: "demo-bank", version: "1.0.0", hash: "0".repeat(64) },
        result: "complete",
        attestationHash: "0".repeat(64),
        claims,
      },
      { issuer: "https://verify.example.com", key, now: () => now },
    );
    const prove: number[] = [];
    const verify: number[] = [];
    const bytes: number[] = [];
    // The first is left out: the module is compiled in it.
    for (let index = -1; index < (run.quick ? 1 : 10); index += 1) {
      if (index % 5 === 0) run.progress(`  proof ${index + 1}`);
      const startedAt = cpuMs();
      const proof = await derivePresentation(credential, {
        predicates: [
          { field: "balance.amount", is: ">=", value: 1000 },
          { field: "memberSince", is: "<=", value: "2020-01-01" },
        ],
        challenge: "challenge",
      });
      const provenAt = cpuMs();
      const result = await verifyPresentation(proof, { keys: { keys: [key.publicKey] }, now, challenge: "challenge" });
      const verifiedAt = cpuMs();
      if (!result.ok) throw new Error(`the proof was refused: ${result.reason}`);
      if (index < 0) continue;
      prove.push(provenAt - startedAt);
      verify.push(verifiedAt - provenAt);
      bytes.push(Buffer.byteLength(JSON.stringify(proof)));
    }
    const note = `two ranges, one revealed field, of 9 fields; p50 of ${prove.length}`;
    return {
      "predicate.prove.ms": { value: median(prove), note },
      "predicate.verify.ms": { value: median(verify), note },
      "predicate.bytes": { value: median(bytes), note: "as JSON" },
    };
  },
};
