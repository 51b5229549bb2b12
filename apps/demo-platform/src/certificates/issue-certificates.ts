// The x509 library registers its algorithms by decorators, which need this polyfill before it.
import "reflect-metadata";
import { randomBytes, webcrypto } from "node:crypto";
import {
  AuthorityKeyIdentifierExtension,
  BasicConstraintsExtension,
  ExtendedKeyUsage,
  ExtendedKeyUsageExtension,
  Extension,
  KeyUsageFlags,
  KeyUsagesExtension,
  PemConverter,
  SubjectAlternativeNameExtension,
  SubjectKeyIdentifierExtension,
  X509Certificate,
  X509CertificateGenerator,
} from "@peculiar/x509";

/** A key pair with its certificate. `key` is PKCS #8, both are PEM. */
export interface Issued {
  certificate: string;
  key: string;
}

const algorithm = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" } as const;
const dayMs = 86_400_000;
const validMs = 365 * dayMs;

/**
 * A development CA that can vouch for one domain and its subdomains and for nothing else, so that
 * trusting it on a machine opens no way to impersonate a real site.
 */
export async function issueAuthority(options: { domain: string; now: Date }): Promise<Issued> {
  const keys = await webcrypto.subtle.generateKey(algorithm, true, ["sign", "verify"]);
  const certificate = await X509CertificateGenerator.createSelfSigned(
    {
      serialNumber: createSerialNumber(),
      name: `CN=Attestream development CA (${options.domain} only),O=Attestream`,
      ...validityFrom(options.now),
      keys,
      signingAlgorithm: algorithm,
      extensions: [
        new BasicConstraintsExtension(true, 0, true),
        new KeyUsagesExtension(KeyUsageFlags.keyCertSign | KeyUsageFlags.cRLSign, true),
        nameConstraints(options.domain),
        await SubjectKeyIdentifierExtension.create(keys.publicKey, false, webcrypto),
      ],
    },
    webcrypto,
  );
  return { certificate: certificate.toString("pem"), key: await exportKey(keys.privateKey) };
}

/** A server certificate for `names`, signed by `authority`. */
export async function issueLeaf(options: {
  authority: Issued;
  names: readonly [string, ...string[]];
  now: Date;
}): Promise<Issued> {
  const issuer = new X509Certificate(options.authority.certificate);
  const signingKey = await importKey(options.authority.key);
  const keys = await webcrypto.subtle.generateKey(algorithm, true, ["sign", "verify"]);
  const certificate = await X509CertificateGenerator.create(
    {
      serialNumber: createSerialNumber(),
      issuer: issuer.subject,
      subject: `CN=${options.names[0]}`,
      ...validityFrom(options.now, issuer.notAfter),
      publicKey: keys.publicKey,
      signingKey,
      signingAlgorithm: algorithm,
      extensions: [
        new BasicConstraintsExtension(false, undefined, true),
        new KeyUsagesExtension(KeyUsageFlags.digitalSignature, true),
        new ExtendedKeyUsageExtension([ExtendedKeyUsage.serverAuth]),
        new SubjectAlternativeNameExtension(options.names.map((value) => ({ type: "dns", value }))),
        await SubjectKeyIdentifierExtension.create(keys.publicKey, false, webcrypto),
        await AuthorityKeyIdentifierExtension.create(issuer.publicKey, false, webcrypto),
      ],
    },
    webcrypto,
  );
  return { certificate: certificate.toString("pem"), key: await exportKey(keys.privateKey) };
}

/** Backdated by a day, for machines whose clocks disagree; never beyond the issuer's own end. */
function validityFrom(now: Date, notLaterThan?: Date) {
  const end = now.getTime() + validMs;
  return {
    notBefore: new Date(now.getTime() - dayMs),
    notAfter: new Date(Math.min(end, notLaterThan?.getTime() ?? end)),
  };
}

/** Positive and 128 bits, as browsers expect of a CA. */
function createSerialNumber(): string {
  const bytes = randomBytes(16);
  bytes.writeUInt8((bytes.readUInt8(0) & 0x7f) | 0x40, 0);
  return bytes.toString("hex");
}

/**
 * NameConstraints (RFC 5280, 4.2.1.10), critical. A constraint on DNS names leaves other kinds of
 * names free, so every IP address is excluded as well. The library has no class for it, and the
 * content is small enough (each part under 128 bytes) to be written as DER by hand.
 */
function nameConstraints(domain: string): Extension {
  const dnsName = element(0x82, Buffer.from(domain, "ascii"));
  const everyIpv4 = element(0x87, Buffer.alloc(8));
  const everyIpv6 = element(0x87, Buffer.alloc(32));
  const permitted = element(0xa0, element(0x30, dnsName));
  const excluded = element(0xa1, Buffer.concat([element(0x30, everyIpv4), element(0x30, everyIpv6)]));
  const content = element(0x30, Buffer.concat([permitted, excluded]));
  return new Extension("2.5.29.30", true, new Uint8Array(content));
}

function element(tag: number, content: Buffer): Buffer {
  return Buffer.concat([Buffer.from([tag, content.length]), content]);
}

async function exportKey(key: webcrypto.CryptoKey): Promise<string> {
  return PemConverter.encode(await webcrypto.subtle.exportKey("pkcs8", key), "PRIVATE KEY");
}

function importKey(pem: string) {
  const [der] = PemConverter.decode(pem);
  if (!der) throw new Error("the CA's key is not PEM");
  return webcrypto.subtle.importKey("pkcs8", der, algorithm, false, ["sign"]);
}
