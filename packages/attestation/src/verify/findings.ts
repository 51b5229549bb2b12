import type { AttestationClaims } from "../vocabulary.ts";
import type { EvidenceFindings } from "./check-evidence.ts";
import type { Expectations } from "./check-expectations.ts";
import type { LogFindings } from "./check-log.ts";
import type { StatusFindings } from "./check-status.ts";
import type { Witness } from "./verify-result.ts";

/** All that a check has found out, before it is put into words. */
export interface Findings {
  claims: AttestationClaims;
  /** Of the issuer's key. */
  kid: string;
  withheld: number;
  evidence: EvidenceFindings;
  witnessed: Record<string, Witness>;
  status: StatusFindings;
  log: LogFindings;
  expected: Expectations;
}

export function listNames(names: readonly string[]): string {
  return names.length === 0 ? "no field" : names.join(", ");
}

export function describeTime(seconds: number): string {
  return new Date(seconds * 1000).toISOString();
}
