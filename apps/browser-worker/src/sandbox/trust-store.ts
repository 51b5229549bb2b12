import { execFile } from "node:child_process";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";

const run = promisify(execFile);

/**
 * Makes the NSS store that is copied into each profile, so that the browsers trust the operator's own
 * authorities in addition to the public ones. Returns the folder to copy, or null when there is nothing
 * to add. Certificate errors are never ignored instead.
 */
export async function createTrustStore(options: {
  folder: string;
  caFile: string | undefined;
}): Promise<string | null> {
  const { folder, caFile } = options;
  if (caFile === undefined) return null;
  const pem = await readFile(caFile, "utf8").catch((error: unknown) => {
    throw new Error(`EXTRA_CA_FILE: cannot read ${caFile}`, { cause: error });
  });
  const certificates = pem.match(/-----BEGIN CERTIFICATE-----[\s\S]+?-----END CERTIFICATE-----/g) ?? [];
  if (certificates.length === 0) throw new Error(`EXTRA_CA_FILE: ${caFile} holds no PEM certificate`);
  const store = join(folder, ".pki", "nssdb");
  await mkdir(store, { recursive: true });
  await certutil(["-N", "-d", `sql:${store}`, "--empty-password"]);
  for (const [index, certificate] of certificates.entries()) {
    const file = join(folder, `ca-${index}.pem`);
    await writeFile(file, `${certificate}\n`);
    await certutil(["-A", "-d", `sql:${store}`, "-t", "C,,", "-n", `attestream-extra-${index}`, "-i", file]);
  }
  return join(folder, ".pki");
}

async function certutil(args: string[]): Promise<void> {
  try {
    await run("certutil", args);
  } catch (error) {
    const missing = error instanceof Error && "code" in error && error.code === "ENOENT";
    throw new Error(
      missing
        ? "EXTRA_CA_FILE needs the program certutil; on Debian: apt-get install libnss3-tools"
        : "certutil could not store the certificates of EXTRA_CA_FILE",
      { cause: error },
    );
  }
}
