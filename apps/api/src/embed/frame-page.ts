import { readFile, stat } from "node:fs/promises";
import { join } from "node:path";

export type FramePage = { html: string } | { problem: unknown };

/** Reads the built page, and reads it again only when it was built anew. */
export function createFramePageReader(frameDir: string): () => Promise<FramePage> {
  const path = join(frameDir, "index.html");
  let kept: { mark: string; html: string } | null = null;
  return async () => {
    try {
      const { mtimeMs, size } = await stat(path);
      const mark = `${mtimeMs}:${size}`;
      if (kept?.mark !== mark) kept = { mark, html: await readFile(path, "utf8") };
      return { html: kept.html };
    } catch (problem) {
      return { problem };
    }
  };
}

/** Shown in place of the frame, so that an operator sees in the iframe itself what is missing. */
export const frameMissingPage = `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<meta name="color-scheme" content="light dark">
<title>The frame page is missing</title>
<h1>The frame page is missing</h1>
<p>This server has no built frame page to show. The verification cannot start.</p>
<p><strong>For the operator:</strong> build the frame (<code>node build.ts</code> in <code>apps/frame</code>; <code>npm start</code> does it by itself),
or point <code>FRAME_DIR</code> to a folder that holds its <code>index.html</code> and <code>assets</code>. Then load this page again; no restart is needed.</p>
</html>
`;
