import { constants } from "node:fs";
import { access } from "node:fs/promises";

/** The two programs that level L2 is made of. */
export interface Bubblewrap {
  bwrapPath: string;
  /** Carries the browser's connections from its own loopback to the egress proxy's socket. */
  socatPath: string;
}

/** Null with what is missing, in words for the operator. */
export async function findBubblewrap(): Promise<{ found: Bubblewrap } | { missing: string }> {
  const [bwrapPath, socatPath] = await Promise.all([findProgram("bwrap"), findProgram("socat")]);
  if (bwrapPath !== null && socatPath !== null) return { found: { bwrapPath, socatPath } };
  const names = [...(bwrapPath === null ? ["bubblewrap"] : []), ...(socatPath === null ? ["socat"] : [])];
  return { missing: `not installed: ${names.join(" and ")}; on Debian: apt-get install ${names.join(" ")}` };
}

async function findProgram(name: string): Promise<string | null> {
  // Only where the sandbox has it too.
  for (const path of [`/usr/bin/${name}`, `/usr/local/bin/${name}`]) {
    const isThere = await access(path, constants.X_OK).then(
      () => true,
      () => false,
    );
    if (isThere) return path;
  }
  return null;
}
