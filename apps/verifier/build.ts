/**
 * Bundles the page that checks proofs: `node build.ts` writes dist/index.html and dist/assets/verifier-<hash>.{js,css}
 * for the API to serve, and dist/verify.html, the same page as one file that needs no server.
 */
import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { buildPage, replaceFile, type PageBuild } from "@attestream/page-build";
import { build, type BuildOptions, type Plugin } from "esbuild";

/** What the API serves at `/verify` (index.html), `/verifier/assets/*` (assets) and `/verifier/verify.html`. */
export function buildVerifier(options: { force?: boolean } = {}): Promise<PageBuild> {
  return buildPage({
    folder: import.meta.dirname,
    name: "verifier",
    publicPath: "/verifier/assets",
    target: ["chrome123", "firefox120", "safari17.5"],
    plugins: [wasmBytes],
    besides: writeSingleFile,
    ...options,
  });
}

/** The library has its WebAssembly as a call of Node's Buffer; browsers have none. */
const wasmBytes: Plugin = {
  name: "wasm-bytes",
  setup({ onLoad }) {
    onLoad({ filter: /dock_crypto_wasm_bs64\.js$/ }, async ({ path }) => {
      const [, base64] = /Buffer\.from\('([^']+)',\s*'base64'\)/.exec(await readFile(path, "utf8")) ?? [];
      if (base64 === undefined) throw new Error("the WebAssembly of @docknetwork/crypto-wasm has moved");
      return { contents: Buffer.from(base64, "base64"), loader: "binary" };
    });
  },
};

/** Everything in one file, which may load and connect to nothing at all: its own policy forbids it. */
async function writeSingleFile(bundling: BuildOptions, dist: string): Promise<void> {
  const { outputFiles } = await build({ ...bundling, outdir: dist, format: "iife", write: false });
  const textOf = (ending: string) => {
    const file = outputFiles.find(({ path }) => path.endsWith(ending));
    if (!file) throw new Error(`the bundler made no ${ending}`);
    return file.text.trim();
  };
  // Within a script element these two would begin something else.
  const script = textOf(".js").replaceAll("</script", "<\\/script").replaceAll("<!--", "<\\!--");
  const style = textOf(".css");
  const hashOf = (text: string) => `'sha256-${createHash("sha256").update(text).digest("base64")}'`;
  const policy = `default-src 'none'; script-src ${hashOf(script)} 'wasm-unsafe-eval'; style-src ${hashOf(style)}; img-src data:; base-uri 'none'; form-action 'none'`;
  const page = await readFile(join(dist, "..", "src", "index.html"), "utf8");
  const html = page
    .replace(
      '<meta charset="utf-8" />',
      (meta) => `${meta}\n    <meta http-equiv="Content-Security-Policy" content="${policy}" />`,
    )
    .replace('<link rel="stylesheet" href="%STYLE%" />', () => `<style>${style}</style>`)
    .replace('<script type="module" src="%SCRIPT%"></script>\n', "")
    .replace('<div id="verifier">', '<div id="verifier" data-single>')
    .replace("</body>", () => `<script>${script}</script>\n  </body>`);
  await replaceFile(join(dist, "verify.html"), html);
}

if (import.meta.main) {
  const { built, dist } = await buildVerifier({ force: process.argv.includes("--force") });
  process.stdout.write(
    built ? `page that checks proofs written to ${dist}\n` : "page that checks proofs is up to date\n",
  );
}
