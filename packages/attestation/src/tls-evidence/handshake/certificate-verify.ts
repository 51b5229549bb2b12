import { constants, verify, type KeyObject } from "node:crypto";
import { ByteReader } from "../byte-reader.ts";
import { TlsEvidenceRefused } from "../tls-refusal.ts";

interface Scheme {
  hash: "sha256" | "sha384" | "sha512";
  key: "ec" | "rsa" | "rsa-pss";
  curve?: string;
}

/** SignatureScheme of RFC 8446, 4.2.3: what may sign a handshake, and a browser offers. */
const schemes: Readonly<Record<number, Scheme>> = {
  0x0403: { hash: "sha256", key: "ec", curve: "prime256v1" },
  0x0503: { hash: "sha384", key: "ec", curve: "secp384r1" },
  0x0804: { hash: "sha256", key: "rsa" },
  0x0805: { hash: "sha384", key: "rsa" },
  0x0806: { hash: "sha512", key: "rsa" },
  0x0809: { hash: "sha256", key: "rsa-pss" },
  0x080a: { hash: "sha384", key: "rsa-pss" },
  0x080b: { hash: "sha512", key: "rsa-pss" },
};

export const signatureSchemes: readonly number[] = Object.keys(schemes).map(Number);

const context = Buffer.concat([Buffer.alloc(64, 0x20), Buffer.from("TLS 1.3, server CertificateVerify\0", "latin1")]);

/** Throws unless the key of the certificate signed this transcript. */
export function checkCertificateVerify(body: Uint8Array, publicKey: KeyObject, transcriptHash: Uint8Array): void {
  const reader = new ByteReader(body, "handshake_invalid", "CertificateVerify");
  const scheme = schemes[reader.number(2)];
  const signature = reader.vector(2);
  reader.end();
  const fits =
    scheme !== undefined &&
    publicKey.asymmetricKeyType === scheme.key &&
    publicKey.asymmetricKeyDetails?.namedCurve === scheme.curve &&
    hasSigned(scheme, publicKey, Buffer.concat([context, transcriptHash]), signature);
  if (!fits) throw new TlsEvidenceRefused("certificate_verify");
}

function hasSigned({ hash, key }: Scheme, publicKey: KeyObject, data: Uint8Array, signature: Uint8Array): boolean {
  const pss = { padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: constants.RSA_PSS_SALTLEN_DIGEST };
  try {
    return verify(hash, data, key === "ec" ? publicKey : { key: publicKey, ...pss }, signature);
  } catch {
    return false;
  }
}
