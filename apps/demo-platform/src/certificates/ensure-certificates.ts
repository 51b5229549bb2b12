import { X509Certificate, createPrivateKey } from "node:crypto";
import { mkdir, readFile, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { issueAuthority, issueLeaf, type Issued } from "./issue-certificates.ts";
import { withFolderLock } from "./folder-lock.ts";

export const demoDomain = "demo.test";
export const leafNames = [`bank.${demoDomain}`, `*.${demoDomain}`] as const;

export interface Certificates {
  /** What a client must trust. */
  caFile: string;
  leaf: Issued;
  /** False when everything was there and still good. */
  renewed: boolean;
}

const renewBeforeMs = 30 * 86_400_000;

/**
 * The development CA and the Demo Bank's certificate in `folder`, made or renewed where they are
 * missing, unreadable or near their end. Files are replaced whole, so a reader never sees half of
 * one, and one process works at a time.
 */
export async function ensureCertificates(options: {
  folder: string;
  now: Date;
  signal?: AbortSignal;
}): Promise<Certificates> {
  const { folder, now } = options;
  await mkdir(folder, { recursive: true });
  const caFile = join(folder, "ca.pem");
  return await withFolderLock({ folder, ...(options.signal && { signal: options.signal }) }, async () => {
    const files = {
      authority: { certificate: caFile, key: join(folder, "ca-key.pem") },
      leaf: { certificate: join(folder, "leaf.pem"), key: join(folder, "leaf-key.pem") },
    };
    const found = await readIssued(files.authority);
    const keepAuthority = found !== null && isGood(found, now) && isAuthority(found);
    const authority = keepAuthority ? found : await issueAuthority({ domain: demoDomain, now });
    if (!keepAuthority) await writeIssued(files.authority, authority);

    const leaf = await readIssued(files.leaf);
    if (leaf && isGood(leaf, now) && isLeafOf(leaf, authority)) return { caFile, leaf, renewed: !keepAuthority };
    const fresh = await issueLeaf({ authority, names: leafNames, now });
    await writeIssued(files.leaf, fresh);
    return { caFile, leaf: fresh, renewed: true };
  });
}

interface IssuedFiles {
  certificate: string;
  key: string;
}

async function readIssued(files: IssuedFiles): Promise<Issued | null> {
  try {
    return { certificate: await readFile(files.certificate, "utf8"), key: await readFile(files.key, "utf8") };
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return null;
    throw error;
  }
}

async function writeIssued(files: IssuedFiles, issued: Issued): Promise<void> {
  await replaceFile(files.key, issued.key, 0o600);
  await replaceFile(files.certificate, issued.certificate, 0o644);
}

async function replaceFile(file: string, text: string, mode: number): Promise<void> {
  const temporary = `${file}.${process.pid}.new`;
  await writeFile(temporary, `${text.trimEnd()}\n`, { mode });
  await rename(temporary, file);
}

/** Readable, the key belongs to it, and it lives for a while yet. */
function isGood(issued: Issued, now: Date): boolean {
  try {
    const certificate = new X509Certificate(issued.certificate);
    return (
      certificate.validToDate.getTime() - now.getTime() > renewBeforeMs &&
      certificate.checkPrivateKey(createPrivateKey(issued.key))
    );
  } catch {
    return false;
  }
}

function isAuthority(issued: Issued): boolean {
  return new X509Certificate(issued.certificate).ca;
}

function isLeafOf(leaf: Issued, authority: Issued): boolean {
  const certificate = new X509Certificate(leaf.certificate);
  return (
    certificate.verify(new X509Certificate(authority.certificate).publicKey) &&
    leafNames.every((name) => certificate.subjectAltName?.includes(`DNS:${name}`))
  );
}
