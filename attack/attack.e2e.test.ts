import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import type { Readable } from "node:stream";
import { text } from "node:stream/consumers";
import { expect, it } from "vitest";
import { z } from "zod";

const reportSchema = z.object({ rows: z.array(z.object({ name: z.string(), met: z.boolean().nullable() })) });
const read = (stream: Readable | null) => (stream === null ? "" : text(stream));

// The short form of a few: that the harness runs, and what breaks soonest. The whole is `npm run attack`.
const checks = ["egress", "viewers", "access"];

it("a quick attack on the product is held", { timeout: 240_000 }, async ({ signal }) => {
  const program = join(import.meta.dirname, "main.ts");
  const child = spawn(
    process.execPath,
    ["--conditions=@attestream/source", program, "--quick", "--json", "--only", checks.join(",")],
    { stdio: ["ignore", "pipe", "pipe", "ipc"], signal, killSignal: "SIGTERM" },
  );
  const [output, progress, [code]] = await Promise.all([read(child.stdout), read(child.stderr), once(child, "exit")]);
  expect(code, `${progress}\n${output}`).toBe(0);
  const { rows } = reportSchema.parse(JSON.parse(output.trimEnd().split("\n").at(-1) ?? ""));
  expect(new Set(rows.map(({ name }) => name.split(".")[0]))).toEqual(new Set(checks));
  expect(rows.filter(({ met }) => met !== true)).toEqual([]);
});
