import { randomBytes } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { deriveKey } from "../storage/encryption.ts";
import { makeFolder } from "../storage/make-folder.ts";
import { StorageError } from "../storage/storage-error.ts";

export interface Secrets {
  masterKey: Uint8Array;
  workerToken: string;
}

/** The secrets of this installation: as configured, else made once and kept in DATA_DIR, readable by its owner only. */
export function loadSecrets(config: {
  dataDir: string;
  masterKey: string | undefined;
  workerToken: string | undefined;
}): Secrets {
  const masterKey = config.masterKey ?? keptSecret(config.dataDir, "master.key");
  return {
    masterKey: new TextEncoder().encode(masterKey),
    workerToken: config.workerToken ?? keptSecret(config.dataDir, "worker.token"),
  };
}

/** With which the audit log's entries are chained. */
export function auditKey(masterKey: Uint8Array): Uint8Array {
  return deriveKey(masterKey, "audit chain v1");
}

function keptSecret(dataDir: string, name: string): string {
  const path = join(dataDir, name);
  try {
    makeFolder(dataDir, 0o700);
    try {
      // Fails where another start was first; then that one's value counts.
      writeFileSync(path, `${randomBytes(32).toString("base64url")}\n`, { mode: 0o600, flag: "wx" });
    } catch (error) {
      if (!(error instanceof Error && "code" in error && error.code === "EEXIST")) throw error;
    }
    const secret = readFileSync(path, "utf8").trim();
    if (secret.length < 32) throw new Error("the file is cut short");
    return secret;
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new StorageError(
      `DATA_DIR ${dataDir}: ${name} cannot be kept there (${reason}). Make the folder writable for this user, free some space, or set DATA_DIR to another folder.`,
      { cause: error },
    );
  }
}
