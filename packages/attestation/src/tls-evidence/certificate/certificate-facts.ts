import type { X509Certificate } from "node:crypto";
import { TlsEvidenceRefused } from "../tls-refusal.ts";
import { derTag, hexOf, malformed, readDer, readOneDer, type DerValue } from "./der.ts";

/** What is checked of a certificate, much of which node:crypto does not tell. */
export interface CertificateFacts {
  validFrom: Date;
  validTo: Date;
  /** SubjectPublicKeyInfo, DER. */
  spki: Uint8Array;
  /** Whether its key is of a kind that is known, and long enough. */
  strongKey: boolean;
  /** Null where the certificate limits nothing. */
  pathLength: number | null;
  /** dNSName constraints: what it may be used for below it. Null where there are none. */
  names: { permitted: readonly string[]; excluded: readonly string[]; limitsAddresses: boolean } | null;
  mayServe: boolean;
  maySign: boolean;
}

const oid = {
  keyUsage: "551d0f",
  subjectAltName: "551d11",
  basicConstraints: "551d13",
  nameConstraints: "551d1e",
  certificatePolicies: "551d20",
  policyMappings: "551d21",
  policyConstraints: "551d24",
  extendedKeyUsage: "551d25",
  inhibitAnyPolicy: "551d36",
  anyUsage: "551d2500",
  serverAuth: "2b06010505070301",
  pss: "2a864886f70d01010a",
  rsa: "2a864886f70d010101",
  ec: "2a8648ce3d0201",
};
/** P-256, P-384 and P-521. */
const curves = new Set(["2a8648ce3d030107", "2b81040022", "2b81040023"]);
const shortestRsaKey = 2048;

/** Signatures with SHA-256 and longer. */
const signatures = new Set([
  "2a864886f70d01010b",
  "2a864886f70d01010c",
  "2a864886f70d01010d",
  "2a8648ce3d040302",
  "2a8648ce3d040303",
  "2a8648ce3d040304",
]);
const longHashes = new Set(["608648016503040201", "608648016503040202", "608648016503040203"]);

/** A critical extension that is not understood makes a certificate unusable. Policies limit no server's name. */
const understood = new Set([
  oid.keyUsage,
  oid.subjectAltName,
  oid.basicConstraints,
  oid.nameConstraints,
  oid.certificatePolicies,
  oid.policyMappings,
  oid.policyConstraints,
  oid.extendedKeyUsage,
  oid.inhibitAnyPolicy,
]);

/** Roots are asked for with every connection. */
const known = new WeakMap<X509Certificate, CertificateFacts>();

/** Refuses certificates with weak signatures or with critical extensions that are not understood. */
export function certificateFacts(certificate: X509Certificate): CertificateFacts {
  const facts = known.get(certificate) ?? readFacts(certificate);
  known.set(certificate, facts);
  return facts;
}

function readFacts(certificate: X509Certificate): CertificateFacts {
  const [body, algorithm] = readDer(readOneDer(certificate.raw, derTag.sequence));
  if (body?.tag !== derTag.sequence || algorithm?.tag !== derTag.sequence) malformed();
  if (!isStrong(algorithm)) throw new TlsEvidenceRefused("certificate_invalid", "It is signed with a weak hash.");
  const fields = readDer(body.content);
  // Before it: serial number, algorithm, issuer, validity, subject; and the version, where there is one.
  const spki = fields[fields[0]?.tag === 0xa0 ? 6 : 5];
  if (spki?.tag !== derTag.sequence) malformed();
  const wrapped = fields.find(({ tag }) => tag === 0xa3);
  const facts: CertificateFacts = {
    validFrom: certificate.validFromDate,
    validTo: certificate.validToDate,
    spki: spki.raw,
    strongKey: isStrongKey(spki.content),
    pathLength: null,
    names: null,
    mayServe: true,
    maySign: true,
  };
  if (wrapped === undefined) return facts;
  for (const extension of readDer(readOneDer(wrapped.content, derTag.sequence))) takeExtension(extension, facts);
  return facts;
}

function takeExtension({ tag, content }: DerValue, facts: CertificateFacts): void {
  const parts = readDer(content);
  const [id, value] = [parts[0], parts.at(-1)];
  if (tag !== derTag.sequence || id?.tag !== derTag.oid || value?.tag !== derTag.octets) malformed();
  const critical = parts.length > 2 && parts[1]?.content[0] === 0xff;
  const name = hexOf(id.content);
  if (critical && !understood.has(name))
    throw new TlsEvidenceRefused("certificate_invalid", "A critical extension is not understood.");
  if (name === oid.basicConstraints) {
    const length = readDer(readOneDer(value.content, derTag.sequence)).find((part) => part.tag === derTag.integer);
    if (length !== undefined) facts.pathLength = length.content.length === 1 ? (length.content[0] ?? 0) : malformed();
  } else if (name === oid.nameConstraints) {
    facts.names = readNameConstraints(readOneDer(value.content, derTag.sequence));
  } else if (name === oid.extendedKeyUsage) {
    const usages = readDer(readOneDer(value.content, derTag.sequence)).map((usage) => hexOf(usage.content));
    facts.mayServe = usages.includes(oid.serverAuth) || usages.includes(oid.anyUsage);
  } else if (name === oid.keyUsage) {
    facts.maySign = ((readOneDer(value.content, derTag.bits)[1] ?? 0) & 0x80) !== 0;
  }
}

function isStrong(algorithm: DerValue): boolean {
  const [id, parameters] = readDer(algorithm.content);
  const name = id === undefined ? "" : hexOf(id.content);
  if (name !== oid.pss) return signatures.has(name);
  const hash = readDer(parameters?.content ?? new Uint8Array()).find(({ tag }) => tag === 0xa0);
  if (hash === undefined) return false;
  const [hashId] = readDer(readOneDer(hash.content, derTag.sequence));
  return hashId !== undefined && longHashes.has(hexOf(hashId.content));
}

/** Read here because node:crypto takes as long to tell of a key as to use it. */
function isStrongKey(spki: Uint8Array): boolean {
  const [algorithm, key] = readDer(spki);
  if (algorithm?.tag !== derTag.sequence || key?.tag !== derTag.bits) malformed();
  const [id, parameters] = readDer(algorithm.content);
  const name = id === undefined ? "" : hexOf(id.content);
  if (name === oid.ec) return parameters?.tag === derTag.oid && curves.has(hexOf(parameters.content));
  if (name !== oid.rsa && name !== oid.pss) return false;
  // The bit string begins with the number of bits that are left over, and the modulus with a zero.
  const [modulus] = readDer(readOneDer(key.content.subarray(1), derTag.sequence));
  return (modulus?.content.length ?? 0) * 8 >= shortestRsaKey;
}

const dnsName = 0x82;
const ipAddress = 0x87;

function readNameConstraints(content: Uint8Array): NonNullable<CertificateFacts["names"]> {
  const names = { permitted: [] as string[], excluded: [] as string[], limitsAddresses: false };
  for (const { tag, content: subtrees } of readDer(content)) {
    for (const subtree of readDer(subtrees)) {
      const [base] = readDer(subtree.content);
      if (base?.tag === ipAddress) names.limitsAddresses = true;
      if (base?.tag !== dnsName) continue;
      const list = tag === 0xa0 ? names.permitted : names.excluded;
      list.push(Buffer.from(base.content).toString("latin1").toLowerCase());
    }
  }
  return names;
}
