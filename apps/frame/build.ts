/**
 * Bundles the frame page: `node build.ts` writes dist/index.html and dist/assets/frame-<hash>.{js,css}.
 * Does nothing when no input has changed since the last build; `--force` builds all the same.
 */
import { buildPage, type PageBuild } from "@attestream/page-build";

/** What the API serves at `/verify/:id` (index.html) and `/verify/assets/*` (assets). */
export function buildFrame(options: { force?: boolean } = {}): Promise<PageBuild> {
  return buildPage({
    folder: import.meta.dirname,
    name: "frame",
    publicPath: "/verify/assets",
    target: ["chrome111", "firefox115", "safari16.4"],
    ...options,
  });
}

if (import.meta.main) {
  const { built, dist } = await buildFrame({ force: process.argv.includes("--force") });
  process.stdout.write(built ? `frame page written to ${dist}\n` : "frame page is up to date\n");
}
