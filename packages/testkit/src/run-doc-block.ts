import { execFile } from "node:child_process";
import { readFile, symlink, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";

export interface BlockRun {
  ok: boolean;
  /** Both channels. */
  output: string;
}

/**
 * Runs a fenced block of docs/proof.md as it stands there, in a folder with the files that it is about. The block is
 * the one below `<!-- tested: NAME -->`; `x.sh` is run by bash, `x.mjs` by the Node that runs this.
 */
export async function runDocBlock(name: string, folder: string): Promise<BlockRun> {
  const page = await readFile(new URL("../../../docs/proof.md", import.meta.url), "utf8");
  const start = page.indexOf(`<!-- tested: ${name} -->\n\`\`\``);
  if (start === -1) throw new Error(`docs/proof.md has no block ${name}`);
  const block = page.slice(page.indexOf("\n", page.indexOf("```", start)) + 1);
  await writeFile(join(folder, name), block.slice(0, block.indexOf("\n```") + 1));
  // Where the libraries are that a reader would install.
  const libraries = new URL("../../attestation/node_modules", import.meta.url).pathname;
  await symlink(libraries, join(folder, "node_modules")).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== "EEXIST") throw error;
  });
  // The very Node that runs this, wherever it is, is also the one that the commands find.
  const shell = ["-euo", "pipefail", "-c", 'PATH="$1:$PATH"; source "./$2"', "bash", dirname(process.execPath), name];
  const [program, args] = name.endsWith(".sh") ? ["bash", shell] : [process.execPath, [name]];
  return new Promise((resolve) => {
    execFile(program, args, { cwd: folder }, (error, stdout, stderr) =>
      resolve({ ok: error === null, output: stdout + stderr }),
    );
  });
}
