import { mkdir, readdir, readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { build, type BuildOptions, type Plugin } from "esbuild";

const keptMs = 3_600_000;

export interface PageBuildOptions {
  /** Of the app: its page is src/index.html, its parts are src/main.tsx and src/styles/index.css; dist/ is written. */
  folder: string;
  /** Names the bundles. */
  name: string;
  /** Where the server has dist/assets. */
  publicPath: string;
  target: string[];
  plugins?: Plugin[];
  /** What is made besides from the same sources, by whoever needs it. */
  besides?: (options: BuildOptions, dist: string) => Promise<void>;
  /** Builds although no input has changed. */
  force?: boolean;
}

export interface PageBuild {
  dist: string;
  /** False when the last build was still good. */
  built: boolean;
}

type Stamp = Record<string, string>;

/** Bundles a page: dist/index.html and dist/assets/NAME-HASH.{js,css}. Does nothing when no input has changed since the last build. */
export async function buildPage(options: PageBuildOptions): Promise<PageBuild> {
  const { folder, name, publicPath, force = false } = options;
  const dist = join(folder, "dist");
  const assets = join(dist, "assets");
  const stampFile = join(dist, "inputs.json");
  const page = join(folder, "src", "index.html");
  if (!force && (await isFresh(dist, stampFile))) return { dist, built: false };
  await mkdir(assets, { recursive: true });
  const bundling = {
    absWorkingDir: folder,
    entryPoints: [
      { in: "src/main.tsx", out: name },
      { in: "src/styles/index.css", out: name },
    ],
    outdir: assets,
    entryNames: "[name]-[hash]",
    assetNames: "[name]-[hash]",
    chunkNames: `${name}-part-[hash]`,
    bundle: true,
    minify: true,
    format: "esm",
    target: options.target,
    conditions: ["@attestream/source"],
    jsx: "automatic",
    jsxImportSource: "preact",
    loader: { ".woff2": "file" },
    publicPath,
    legalComments: "none",
    // zod tries `new Function` when it makes its first object schema; under our CSP even the try is a reported violation.
    banner: { js: "globalThis.__zod_globalConfig={jitless:true};" },
    plugins: [shakableZod, ...(options.plugins ?? [])],
    logLevel: "error",
  } satisfies BuildOptions;
  const result = await build({ ...bundling, splitting: true, metafile: true });
  const outputs = Object.keys(result.metafile.outputs).map((path) => basename(path));
  const entry = Object.entries(result.metafile.outputs).find(([, { entryPoint }]) => entryPoint === "src/main.tsx");
  const style = outputs.find((output) => output.endsWith(".css"));
  if (!entry || !style) throw new Error("the bundler wrote no script or no style sheet");
  await options.besides?.(bundling, dist);
  const html = (await readFile(page, "utf8"))
    .replace("%SCRIPT%", `${publicPath}/${basename(entry[0])}`)
    .replace("%STYLE%", `${publicPath}/${style}`);
  await replaceFile(join(dist, "index.html"), html);
  await removeOthers(assets, outputs);
  const inputs = Object.keys(result.metafile.inputs).map((path) => join(folder, path));
  const stamp = await stampOf([...inputs, page, join(folder, "build.ts"), import.meta.filename]);
  await replaceFile(stampFile, JSON.stringify(stamp));
  return { dist, built: true };
}

/**
 * esbuild keeps every member of a namespace that is imported by name, with zod all its locales (400 kB).
 * Imported as a namespace only what is used stays.
 */
const shakableZod: Plugin = {
  name: "shakable-zod",
  setup({ onLoad }) {
    onLoad({ filter: /packages\/(shared|sealed-channel|attestation)\/src\/.*\.ts$/ }, async ({ path }) => {
      const source = await readFile(path, "utf8");
      return { contents: source.replace('import { z } from "zod";', 'import * as z from "zod";'), loader: "ts" };
    });
  },
};

async function isFresh(dist: string, stampFile: string): Promise<boolean> {
  try {
    const stamp = JSON.parse(await readFile(stampFile, "utf8")) as Stamp;
    await stat(join(dist, "index.html"));
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
export async function replaceFile(path: string, text: string): Promise<void> {
  const draft = `${path}.${process.pid}`;
  await writeFile(draft, text);
  await rename(draft, path);
}

/** A page that was handed out just before still asks for the files of its own build. */
async function removeOthers(assets: string, keep: string[]): Promise<void> {
  for (const name of await readdir(assets)) {
    if (keep.includes(name)) continue;
    const path = join(assets, name);
    const { mtimeMs } = await stat(path);
    if (Date.now() - mtimeMs > keptMs) await rm(path, { force: true });
  }
}
