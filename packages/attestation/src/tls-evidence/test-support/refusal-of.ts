import { TlsEvidenceRefused, type TlsRefusal } from "../tls-refusal.ts";

/** The code with which it is refused; null where it is not. Anything else that is thrown goes on. */
export function refusalOf(run: () => unknown): TlsRefusal | null {
  try {
    run();
    return null;
  } catch (error) {
    if (error instanceof TlsEvidenceRefused) return error.code;
    throw error;
  }
}
