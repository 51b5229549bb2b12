/**
 * Bundles the embed loader: `node build.ts` writes dist/embed.js, one ES module without imports.
 * Does nothing when no input has changed since the last build.
 */
import { mkdir, readFile, rename, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { build, type Plugin } from "esbuild";

const here = import.meta.dirname;
const stampFile = join(here, "dist/embed.inputs.json");

export const embedScript = join(here, "dist/embed.js");

/** Returns the path of the script. */
export async function buildEmbed(): Promise<string> {
  if (await isFresh()) return embedScript;
  const result = await build({
    absWorkingDir: here,
    entryPoints: ["src/embed/index.ts"],
    bundle: true,
    write: false,
    minify: true,
    metafile: true,
    format: "esm",
    target: ["chrome111", "firefox115", "safari16.4"],
    conditions: ["@attestream/source"],
    legalComments: "none",
    // zod tries `new Function` once; under a strict CSP of the partner's page even the try is reported.
    banner: { js: "globalThis.__zod_globalConfig={jitless:true};" },
    plugins: [shakableZod],
    logLevel: "error",
  });
  const script = result.outputFiles[0];
  if (!script) throw new Error("the bundler wrote no script");
  const inputs = [...Object.keys(result.metafile.inputs).map((path) => join(here, path)), import.meta.filename];
  await mkdir(join(here, "dist"), { recursive: true });
  await replaceFile(embedScript, script.text);
  await replaceFile(stampFile, JSON.stringify(await stampOf(inputs)));
  return embedScript;
}

/** Imported by name, zod brings all its languages along (400 kB); as a namespace only what is used. */
const shakableZod: Plugin = {
  name: "shakable-zod",
  setup({ onLoad }) {
    onLoad({ filter: /packages\/shared\/src\/.*\.ts$/ }, async ({ path }) => {
      const source = await readFile(path, "utf8");
      return { contents: source.replace('import { z } from "zod";', 'import * as z from "zod";'), loader: "ts" };
    });
  },
};

async function isFresh(): Promise<boolean> {
  try {
    const stamp: Record<string, string> = JSON.parse(await readFile(stampFile, "utf8"));
    await stat(embedScript);
    const now = await stampOf(Object.keys(stamp));
    return Object.entries(stamp).every(([path, mark]) => now[path] === mark);
  } catch {
    return false;
  }
}

async function stampOf(paths: string[]): Promise<Record<string, string>> {
  const marks = paths.map(async (path): Promise<[string, string]> => {
    const { mtimeMs, size } = await stat(path);
    return [path, `${mtimeMs}:${size}`];
  });
  return Object.fromEntries(await Promise.all(marks));
}

/** Two processes may build at once: nobody ever reads half a file. */
async function replaceFile(path: string, text: string): Promise<void> {
  const draft = `${path}.${process.pid}`;
  await writeFile(draft, text);
  await rename(draft, path);
}

if (import.meta.main) process.stdout.write(`${await buildEmbed()}\n`);
