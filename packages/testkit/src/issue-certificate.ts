import "reflect-metadata";
import {
  BasicConstraintsExtension,
  cryptoProvider,
  ExtendedKeyUsageExtension,
  Extension,
  KeyUsageFlags,
  KeyUsagesExtension,
  PemConverter,
  SubjectAlternativeNameExtension,
  X509CertificateGenerator,
} from "@peculiar/x509";

const algorithms = {
  "P-256": { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" },
  "P-384": { name: "ECDSA", namedCurve: "P-384", hash: "SHA-384" },
  RSA: { name: "RSASSA-PKCS1-v1_5", modulusLength: 2048, publicExponent: Uint8Array.of(1, 0, 1), hash: "SHA-256" },
  "RSA-PSS": {
    name: "RSA-PSS",
    modulusLength: 2048,
    publicExponent: Uint8Array.of(1, 0, 1),
    hash: "SHA-256",
    saltLength: 32,
  },
  "RSA-1024": {
    name: "RSASSA-PKCS1-v1_5",
    modulusLength: 1024,
    publicExponent: Uint8Array.of(1, 0, 1),
    hash: "SHA-256",
  },
  "RSA-SHA1": { name: "RSASSA-PKCS1-v1_5", modulusLength: 2048, publicExponent: Uint8Array.of(1, 0, 1), hash: "SHA-1" },
} as const;

export interface CertificateWish {
  /** Common name. */
  name: string;
  /** Without one it signs itself. */
  issuer?: IssuedCertificate;
  algorithm?: keyof typeof algorithms;
  /** May issue others; how many may stand between it and a leaf. */
  authority?: { pathLength?: number } | false;
  /** DNS names and IP addresses. */
  hosts?: readonly string[];
  /** Object identifiers. */
  extendedKeyUsage?: readonly string[];
  keyUsage?: "sign" | "agree";
  /** Any other, as DER. */
  extensions?: readonly { oid: string; critical: boolean; value: Uint8Array }[];
  notBefore?: Date;
  notAfter?: Date;
}

interface Keys {
  publicKey: Awaited<ReturnType<typeof crypto.subtle.importKey>>;
  privateKey: Awaited<ReturnType<typeof crypto.subtle.importKey>>;
}

export interface IssuedCertificate {
  pem: string;
  /** PKCS #8. */
  key: string;
  subject: string;
  keys: Keys;
  signing: (typeof algorithms)[keyof typeof algorithms];
}

/** A certificate as a test wants it, however wrong. Its key lives in memory. */
export async function issueCertificate(wish: CertificateWish): Promise<IssuedCertificate> {
  cryptoProvider.set(crypto);
  const own = algorithms[wish.algorithm ?? "P-256"];
  const keys = await crypto.subtle.generateKey(own, true, ["sign", "verify"]);
  const { issuer } = wish;
  const subject = `CN=${wish.name}`;
  const certificate = await X509CertificateGenerator.create({
    subject,
    issuer: issuer?.subject ?? subject,
    publicKey: keys.publicKey,
    signingKey: (issuer?.keys ?? keys).privateKey,
    signingAlgorithm: issuer?.signing ?? own,
    notBefore: wish.notBefore ?? new Date(Date.now() - 3_600_000),
    notAfter: wish.notAfter ?? new Date(Date.now() + 86_400_000),
    extensions: extensionsOf(wish),
  });
  const key = PemConverter.encode(await crypto.subtle.exportKey("pkcs8", keys.privateKey), "PRIVATE KEY");
  return { pem: certificate.toString("pem"), key, subject, keys, signing: own };
}

function extensionsOf({ authority, hosts, extendedKeyUsage, keyUsage, extensions }: CertificateWish): Extension[] {
  const all: Extension[] = [];
  if (authority !== undefined) {
    all.push(
      new BasicConstraintsExtension(authority !== false, authority === false ? undefined : authority.pathLength, true),
    );
    if (authority !== false) all.push(new KeyUsagesExtension(KeyUsageFlags.keyCertSign, true));
  }
  if (keyUsage !== undefined)
    all.push(
      new KeyUsagesExtension(keyUsage === "sign" ? KeyUsageFlags.digitalSignature : KeyUsageFlags.keyAgreement, true),
    );
  if (hosts !== undefined)
    all.push(
      new SubjectAlternativeNameExtension(
        hosts.map((value) => ({ type: /^[0-9.]+$|:/.test(value) ? "ip" : "dns", value })),
      ),
    );
  if (extendedKeyUsage !== undefined) all.push(new ExtendedKeyUsageExtension([...extendedKeyUsage]));
  for (const { oid, critical, value } of extensions ?? [])
    all.push(new Extension(oid, critical, Uint8Array.from(value)));
  return all;
}
