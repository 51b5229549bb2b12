/**
 * Bundles the frame page: `node build.ts` writes dist/index.html and dist/assets/frame-<hash>.{js,css}.
 * Does nothing when no input has changed since the last build; `--force` builds all the same.
 */
import { readdir, readFile, mkdir, rename, rm, stat, writeFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { build, type Plugin } from "esbuild";

const here = import.meta.dirname;
/** What the API serves at `/verify/:id` (index.html) and `/verify/assets/*` (assets). */
export const frameDist = join(here, "dist");

const assetsDir = join(frameDist, "assets");
const stampFile = join(frameDist, "inputs.json");
const page = join(here, "src", "index.html");

const keptMs = 3_600_000;

type Stamp = Record<string, string>;

export interface FrameBuild {
  dist: string;
  /** False when the last build was still good. */
  built: boolean;
}

export async function buildFrame(options: { force?: boolean } = {}): Promise<FrameBuild> {
  if (!options.force && (await isFresh())) return { dist: frameDist, built: false };
  await mkdir(assetsDir, { recursive: true });
  const result = await build({
    absWorkingDir: here,
    entryPoints: [
      { in: "src/main.tsx", out: "frame" },
      { in: "src/styles/index.css", out: "frame" },
    ],
    outdir: assetsDir,
    entryNames: "[name]-[hash]",
    assetNames: "[name]-[hash]",
    bundle: true,
    minify: true,
    format: "esm",
    target: ["chrome111", "firefox115", "safari16.4"],
    conditions: ["@attestream/source"],
    jsx: "automatic",
    jsxImportSource: "preact",
    loader: { ".woff2": "file" },
    publicPath: "/verify/assets",
    legalComments: "none",
    // zod tries `new Function` when it makes its first object schema; under our CSP even the try is a reported violation.
    banner: { js: "globalThis.__zod_globalConfig={jitless:true};" },
    plugins: [shakableZod],
    metafile: true,
    logLevel: "error",
  });
  const outputs = Object.keys(result.metafile.outputs).map((path) => basename(path));
  const script = outputs.find((name) => name.endsWith(".js"));
  const style = outputs.find((name) => name.endsWith(".css"));
  if (!script || !style) throw new Error("the bundler wrote no script or no style sheet");
  const html = (await readFile(page, "utf8"))
    .replace("%SCRIPT%", `/verify/assets/${script}`)
    .replace("%STYLE%", `/verify/assets/${style}`);
  await replaceFile(join(frameDist, "index.html"), html);
  await removeOthers(outputs);
  const inputs = [...Object.keys(result.metafile.inputs).map((path) => join(here, path)), page, import.meta.filename];
  await replaceFile(stampFile, JSON.stringify(await stampOf(inputs)));
  return { dist: frameDist, built: true };
}

/**
 * esbuild keeps every member of a namespace that is imported by name, with zod all its locales (400 kB).
 * Imported as a namespace only what is used stays.
 */
const shakableZod: Plugin = {
  name: "shakable-zod",
  setup({ onLoad }) {
    onLoad({ filter: /packages\/(shared|sealed-channel)\/src\/.*\.ts$/ }, async ({ path }) => {
      const source = await readFile(path, "utf8");
      return { contents: source.replace('import { z } from "zod";', 'import * as z from "zod";'), loader: "ts" };
    });
  },
};

async function isFresh(): Promise<boolean> {
  try {
    const stamp = JSON.parse(await readFile(stampFile, "utf8")) as Stamp;
    await stat(join(frameDist, "index.html"));
    const now = await stampOf(Object.keys(stamp));
    return Object.entries(stamp).every(([path, mark]) => now[path] === mark);
  } catch {
    return false;
  }
}

async function stampOf(paths: string[]): Promise<Stamp> {
  const marks = await Promise.all(
    paths.map(async (path): Promise<[string, string]> => {
      const { mtimeMs, size } = await stat(path);
      return [path, `${mtimeMs}:${size}`];
    }),
  );
  return Object.fromEntries(marks);
}

/** Two processes may build at once: nobody ever reads half a file. */
async function replaceFile(path: string, text: string): Promise<void> {
  const draft = `${path}.${process.pid}`;
  await writeFile(draft, text);
  await rename(draft, path);
}

/** A page that was handed out just before still asks for the files of its own build. */
async function removeOthers(keep: string[]): Promise<void> {
  for (const name of await readdir(assetsDir)) {
    if (keep.includes(name)) continue;
    const path = join(assetsDir, name);
    const { mtimeMs } = await stat(path);
    if (Date.now() - mtimeMs > keptMs) await rm(path, { force: true });
  }
}

if (import.meta.main) {
  const { built } = await buildFrame({ force: process.argv.includes("--force") });
  process.stdout.write(built ? `frame page written to ${frameDist}\n` : "frame page is up to date\n");
}
