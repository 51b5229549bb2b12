import "reflect-metadata";
import {
  BasicConstraintsExtension,
  cryptoProvider,
  KeyUsageFlags,
  KeyUsagesExtension,
  PemConverter,
  SubjectAlternativeNameExtension,
  X509CertificateGenerator,
} from "@peculiar/x509";

const algorithm = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" } as const;

export interface CertificateAuthority {
  /** What a client must trust, PEM. */
  certificate: string;
  /** A server certificate for one name or IP address, PEM. */
  issue(host: string, life?: { notBefore: Date; notAfter: Date }): Promise<{ cert: string; key: string }>;
}

/** A certificate authority that lives in memory, for servers in tests. */
export async function createCertificateAuthority(name: string): Promise<CertificateAuthority> {
  cryptoProvider.set(crypto);
  const life = { notBefore: new Date(Date.now() - 3_600_000), notAfter: new Date(Date.now() + 86_400_000) };
  const keys = await crypto.subtle.generateKey(algorithm, true, ["sign", "verify"]);
  const authority = await X509CertificateGenerator.createSelfSigned({
    name: `CN=${name}`,
    keys,
    ...life,
    signingAlgorithm: algorithm,
    extensions: [
      new BasicConstraintsExtension(true, 0, true),
      new KeyUsagesExtension(KeyUsageFlags.keyCertSign | KeyUsageFlags.cRLSign, true),
    ],
  });

  return {
    certificate: authority.toString("pem"),
    async issue(host, ownLife = life) {
      const serverKeys = await crypto.subtle.generateKey(algorithm, true, ["sign", "verify"]);
      const certificate = await X509CertificateGenerator.create({
        subject: `CN=${host}`,
        issuer: authority.subject,
        publicKey: serverKeys.publicKey,
        signingKey: keys.privateKey,
        ...ownLife,
        signingAlgorithm: algorithm,
        extensions: [
          new SubjectAlternativeNameExtension([{ type: /^[0-9.]+$|:/.test(host) ? "ip" : "dns", value: host }]),
        ],
      });
      const key = PemConverter.encode(await crypto.subtle.exportKey("pkcs8", serverKeys.privateKey), "PRIVATE KEY");
      return { cert: certificate.toString("pem"), key };
    },
  };
}
