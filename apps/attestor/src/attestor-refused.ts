import { attestorRefusals, type AttestorRefusal } from "@attestream/shared/attestor-protocol";

/** What is asked for is not done, and why. */
export class AttestorRefused extends Error {
  override readonly name = "AttestorRefused";
  readonly code: AttestorRefusal;
  /** A code of the TLS core's. */
  readonly detail: string | undefined;

  constructor(code: AttestorRefusal, detail?: string) {
    super(attestorRefusals[code]);
    this.code = code;
    this.detail = detail;
  }
}
