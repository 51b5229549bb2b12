import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, it } from "vitest";
import { startTestSystem, type TestSystem } from "./support/start-test-system.ts";

const run = promisify(execFile);
const key = "bootstrap-key-of-the-docs";
const root = join(import.meta.dirname, "..");

let test: TestSystem;
beforeAll(async () => {
  test = await startTestSystem({ BOOTSTRAP_API_KEY: key });
});
afterAll(() => test[Symbol.asyncDispose]());

it.each(["README.md", "docs/partners.md"])(
  "the curl commands of %s answer with success, as they stand there",
  async (page) => {
    const commands = shellBlocks(page).filter((block) => block.includes("curl"));
    expect(commands.length).toBeGreaterThan(0);
    for (const command of commands) {
      const script = command.replace(/key=….*/, "").replaceAll("localhost:4000", new URL(test.system.apiUrl).host);
      const { stdout } = await run("bash", ["-euc", `key=${key}\n${script}`]);
      const answers = stdout.split(/(?<=\})(?=\{"status")/).map((text) => JSON.parse(text) as { status: string });
      expect(answers.length).toBe(script.match(/\bcurl\b/g)?.length);
      for (const answer of answers) expect(answer).toMatchObject({ status: "success" });
    }
  },
);

/** Contents of the page's fenced `sh` blocks, without their indentation. */
function shellBlocks(page: string): string[] {
  const text = readFileSync(join(root, page), "utf8");
  return [...text.matchAll(/^( *)```sh\n([\s\S]*?)^ *```/gm)].map(([, indent = "", body = ""]) =>
    body.replaceAll(new RegExp(`^${indent}`, "gm"), ""),
  );
}
