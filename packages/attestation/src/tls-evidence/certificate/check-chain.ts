import type { X509Certificate } from "node:crypto";
import { isAddress } from "../client-stream.ts";
import { TlsEvidenceRefused, type TlsRefusal } from "../tls-refusal.ts";
import { certificateFacts, type CertificateFacts } from "./certificate-facts.ts";
import { publicKeyOf } from "./public-key.ts";
import { rootsByName } from "./trusted-roots.ts";

export interface ChainQuestion {
  /** As the server sent them: leaf first, the others in any order. */
  certificates: readonly X509Certificate[];
  serverName: string;
  roots: readonly string[];
  now: Date;
}

export interface CheckedChain {
  leaf: X509Certificate;
  /** SubjectPublicKeyInfo as it stands in the leaf, DER. */
  leafSpki: Uint8Array;
  certificates: X509Certificate[];
}

const longestChain = 8;
/** Signatures looked at, at most: certificates that could all have issued each other must not cost much. */
const mostSignatures = 32;

/** The chain from the leaf to a root, checked: issuers, signatures, time, constraints, usage, name. */
export function checkChain(question: ChainQuestion): CheckedChain {
  const [leaf, ...others] = question.certificates;
  if (leaf === undefined) throw new TlsEvidenceRefused("certificate_untrusted");
  if (!isFor(leaf, question.serverName)) throw new TlsEvidenceRefused("certificate_name");
  const facts = checkAlone(leaf, question.now);
  if (!facts.mayServe || !facts.maySign) refuse("certificate_invalid", "The server's is for another use.");
  const roots = rootsByName(question.roots);
  let signatures = 0;
  // The first thing wrong on the way is told, where no other way leads to a root.
  let wrong: TlsEvidenceRefused | null = null;

  const certificates = climb([leaf], leaf.subject);
  if (certificates === null) throw wrong ?? new TlsEvidenceRefused("certificate_untrusted");
  return { leaf, leafSpki: facts.spki, certificates };

  /** `subject`: of the last certificate of the path. */
  function climb(path: readonly X509Certificate[], subject: string): X509Certificate[] | null {
    const top = path.at(-1) ?? leaf;
    if (top === undefined) return null;
    if (roots.get(subject)?.some((root) => root.raw.equals(top.raw)) === true) return [...path];
    if (path.length >= longestChain) return null;
    const { issuer: above } = top;
    const candidates = [...(roots.get(above) ?? []), ...others.filter((other) => !path.includes(other))];
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
      const whole = climb([...path, issuer], above);
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
  const facts = certificateFacts(certificate);
  // The other way round, a date that cannot be read would hold forever.
  if (!(now >= facts.validFrom && now <= facts.validTo)) refuse("certificate_time");
  if (!facts.strongKey) refuse("certificate_invalid", "Its key is too short, or of a kind that is not known.");
  return facts;
}

function hasSigned(issuer: X509Certificate, certificate: X509Certificate): boolean {
  try {
    return certificate.verify(publicKeyOf(issuer));
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
