import { TlsEvidenceRefused } from "@attestream/attestation/tls-evidence";

/** What it gives; null where it refuses, as it should: with a code. Whatever else is thrown is a crash. */
export function unlessRefused<T>(run: () => T): T | null {
  try {
    return run();
  } catch (error) {
    if (error instanceof TlsEvidenceRefused) return null;
    throw error;
  }
}
