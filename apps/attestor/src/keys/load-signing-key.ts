import { chmod, link, mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { createSigningKey, signingKeySchema, type SigningKey } from "@attestream/attestation";

const fileName = "signing-key.json";

/** The attestor's key, made when there is none. The file is its owner's alone. Throws with the remedy in the message. */
export async function loadSigningKey(folder: string): Promise<SigningKey> {
  const path = join(folder, fileName);
  const known = await readKey(path);
  if (known) return known;
  const key = await createSigningKey();
  const written = `${path}.${key.kid}`;
  try {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    await writeFile(written, JSON.stringify(key), { mode: 0o600, flag: "wx" });
    // Only one of several that start at once makes the key; a link never replaces what is there.
    await link(written, path).catch((error: unknown) => {
      if (!isCode(error, "EEXIST")) throw error;
    });
    await rm(written);
  } catch (error) {
    throw new Error(`DATA_DIR: the signing key cannot be written to ${folder}; choose a folder that can be written`, {
      cause: error,
    });
  }
  return (await readKey(path)) ?? key;
}

async function readKey(path: string): Promise<SigningKey | null> {
  const text = await readFile(path, "utf8").catch((error: unknown) => {
    if (isCode(error, "ENOENT")) return null;
    throw new Error(`DATA_DIR: ${path} cannot be read`, { cause: error });
  });
  if (text === null) return null;
  let parsed: ReturnType<typeof signingKeySchema.safeParse>;
  try {
    parsed = signingKeySchema.safeParse(JSON.parse(text));
  } catch {
    parsed = signingKeySchema.safeParse(null);
  }
  if (!parsed.success)
    throw new Error(
      `DATA_DIR: ${path} does not hold a signing key; restore it from a backup, or move it away for a new one`,
    );
  await chmod(path, 0o600);
  return parsed.data;
}

function isCode(error: unknown, code: string): boolean {
  return error instanceof Error && "code" in error && error.code === code;
}
