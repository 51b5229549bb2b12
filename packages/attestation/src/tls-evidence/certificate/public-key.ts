import type { KeyObject, X509Certificate } from "node:crypto";
import { TlsEvidenceRefused } from "../tls-refusal.ts";

/** node:crypto makes a new key each time it is asked; that costs as much as a signature. */
const keys = new WeakMap<X509Certificate, KeyObject>();

/** The key of a certificate. Refuses kinds that are not known here. */
export function publicKeyOf(certificate: X509Certificate): KeyObject {
  const known = keys.get(certificate);
  if (known !== undefined) return known;
  const key = readKey(certificate);
  keys.set(certificate, key);
  return key;
}

function readKey(certificate: X509Certificate): KeyObject {
  try {
    return certificate.publicKey;
  } catch {
    throw new TlsEvidenceRefused("certificate_invalid", "Its key is of a kind that is not known.");
  }
}
