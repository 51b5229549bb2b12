import type { KeyObject, X509Certificate } from "node:crypto";
import { isAddress } from "../client-stream.ts";
import { TlsEvidenceRefused, type TlsRefusal } from "../tls-refusal.ts";
import { readCertificateFacts, type CertificateFacts } from "./certificate-facts.ts";
import { rootsByName } from "./trusted-roots.ts";

export interface ChainQuestion {
  /** As the server sent them: leaf first, the others in any order. */
  certificates: readonly X509Certificate[];
  serverName: string;
  roots: readonly string[];
  now: Date;
}

const longestChain = 8;
/** Signatures looked at, at most: certificates that could all have issued each other must not cost much. */
const mostSignatures = 32;
const shortestRsaKey = 2048;
const curves: readonly (string | undefined)[] = ["prime256v1", "secp384r1", "secp521r1"];

/** The chain from the leaf to a root, checked: issuers, signatures, time, constraints, usage, name. */
export function checkChain(question: ChainQuestion): { leaf: X509Certificate; certificates: X509Certificate[] } {
  const [leaf, ...others] = question.certificates;
  if (leaf === undefined) throw new TlsEvidenceRefused("certificate_untrusted");
  if (!isFor(leaf, question.serverName)) throw new TlsEvidenceRefused("certificate_name");
  const facts = checkAlone(leaf, question.now);
  if (!facts.mayServe || !facts.maySign) refuse("certificate_invalid", "The server's is for another use.");
  const roots = rootsByName(question.roots);
  let signatures = 0;
  // The first thing wrong on the way is told, where no other way leads to a root.
  let wrong: TlsEvidenceRefused | null = null;

  const certificates = climb([leaf]);
  if (certificates === null) throw wrong ?? new TlsEvidenceRefused("certificate_untrusted");
  return { leaf, certificates };

  function climb(path: readonly X509Certificate[]): X509Certificate[] | null {
    const top = path.at(-1) ?? leaf;
    if (top === undefined) return null;
    if (roots.get(top.subject)?.some((root) => root.raw.equals(top.raw)) === true) return [...path];
    if (path.length >= longestChain) return null;
    const candidates = [...(roots.get(top.issuer) ?? []), ...others.filter((other) => !path.includes(other))];
    for (const issuer of candidates) {
      if (!top.checkIssued(issuer) || signatures >= mostSignatures) continue;
      signatures += 1;
      if (!hasSigned(issuer, top)) continue;
      try {
        checkIssuer(issuer, path.length - 1, question);
      } catch (error) {
        if (!(error instanceof TlsEvidenceRefused)) throw error;
        wrong ??= error;
        continue;
      }
      const whole = climb([...path, issuer]);
      if (whole !== null) return whole;
    }
    return null;
  }
}

function checkIssuer(issuer: X509Certificate, below: number, { serverName, now }: ChainQuestion): void {
  const facts = checkAlone(issuer, now);
  if (!issuer.ca) refuse("certificate_untrusted", "A certificate was issued by one that may not.");
  if (facts.pathLength !== null && below > facts.pathLength)
    refuse("certificate_untrusted", "The chain is longer than a certificate in it allows.");
  if (!facts.mayServe) refuse("certificate_untrusted", "An issuer's certificate is for another use.");
  if (!isPermitted(facts.names, serverName))
    refuse("certificate_name", "An issuer's certificate does not allow for this name.");
}

/** What holds for every certificate, whatever stands below it. */
function checkAlone(certificate: X509Certificate, now: Date): CertificateFacts {
  const facts = readCertificateFacts(certificate.raw);
  if (now < certificate.validFromDate || now > certificate.validToDate) refuse("certificate_time");
  const key = keyOf(certificate);
  const { modulusLength = 0, namedCurve } = key.asymmetricKeyDetails ?? {};
  const strong = key.asymmetricKeyType === "ec" ? curves.includes(namedCurve) : modulusLength >= shortestRsaKey;
  if (!strong) refuse("certificate_invalid", "Its key is too short, or of a kind that is not known.");
  return facts;
}

function keyOf(certificate: X509Certificate): KeyObject {
  try {
    return certificate.publicKey;
  } catch {
    return refuse("certificate_invalid", "Its key is of a kind that is not known.");
  }
}

function hasSigned(issuer: X509Certificate, certificate: X509Certificate): boolean {
  try {
    return certificate.verify(issuer.publicKey);
  } catch {
    return false;
  }
}

function isFor(leaf: X509Certificate, serverName: string): boolean {
  if (isAddress(serverName)) return leaf.checkIP(serverName) !== undefined;
  return leaf.checkHost(serverName, { subject: "never", partialWildcards: false }) !== undefined;
}

function isPermitted(names: CertificateFacts["names"], serverName: string): boolean {
  if (names === null) return true;
  if (isAddress(serverName)) return !names.limitsAddresses;
  const host = serverName.toLowerCase();
  const within = (base: string) => base === "" || host === base || host.endsWith(base[0] === "." ? base : `.${base}`);
  return !names.excluded.some(within) && (names.permitted.length === 0 || names.permitted.some(within));
}

function refuse(code: TlsRefusal, detail?: string): never {
  throw new TlsEvidenceRefused(code, detail);
}
