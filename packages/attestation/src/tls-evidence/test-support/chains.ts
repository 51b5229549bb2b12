import { issueCertificate, type CertificateWish, type IssuedCertificate } from "@attestream/testkit";

export const serverName = "bank.example";

export interface TestChain {
  root: IssuedCertificate;
  /** What a server is given: leaf and intermediate. */
  cert: string;
  key: string;
}

/** A root, an intermediate and a leaf for `serverName`. */
export async function createChain(
  algorithm: NonNullable<CertificateWish["algorithm"]>,
  leaf: Partial<CertificateWish> = {},
): Promise<TestChain> {
  const root = await issueCertificate({ name: "Test Root", algorithm, authority: {} });
  const between = await issueCertificate({ name: "Test CA", issuer: root, algorithm, authority: { pathLength: 0 } });
  const server = await issueCertificate({
    name: "server",
    issuer: between,
    algorithm,
    hosts: [serverName],
    keyUsage: "sign",
    extendedKeyUsage: ["1.3.6.1.5.5.7.3.1"],
    ...leaf,
  });
  return { root, cert: `${server.pem}\n${between.pem}`, key: server.key };
}
