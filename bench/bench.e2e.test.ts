import { spawn } from "node:child_process";
import { once } from "node:events";
import type { Readable } from "node:stream";
import { text } from "node:stream/consumers";
import { join } from "node:path";
import { expect, it } from "vitest";
import { z } from "zod";
import { attestBench } from "./attest/attest-bench.ts";
import { startBench } from "./start/start-bench.ts";
import { streamBench } from "./stream/stream-bench.ts";

const reportSchema = z.strictObject({
  rows: z.array(
    z.strictObject({
      name: z.string(),
      value: z.number().nullable(),
      unit: z.string(),
      floor: z.number().optional(),
      ratio: z.number().optional(),
      goal: z.number().optional(),
      met: z.boolean().nullable().optional(),
      peer: z.number().nullable().optional(),
      note: z.string().optional(),
    }),
  ),
});

const read = (stream: Readable | null) => (stream === null ? "" : text(stream));

// That it runs and tells its rows; what it measures here means nothing. A few rows that use all parts: product, floor,
// peer, link and the meters of bytes and of processors.
const streamRows = ["typing.kbps", "static.cpu", "link20.spinner.fps"];
const startRows = ["start.warm.ratio"];

it.for([
  ["stream", streamBench.definitions.filter(({ name }) => streamRows.includes(name))],
  ["start", startBench.definitions.filter(({ name }) => startRows.includes(name))],
  ["attest", attestBench.definitions],
] as const)("a quick %s bench measures its rows", { timeout: 300_000 }, async ([name, definitions], { signal }) => {
  const child = spawn(
    process.execPath,
    [
      "--conditions=@attestream/source",
      join(import.meta.dirname, "main.ts"),
      name,
      "--quick",
      "--json",
      "--only",
      definitions.map((definition) => definition.name).join(","),
    ],
    { stdio: ["ignore", "pipe", "pipe", "ipc"], signal, killSignal: "SIGTERM" },
  );
  const [output, progress, [code]] = await Promise.all([read(child.stdout), read(child.stderr), once(child, "exit")]);
  expect(code, `${progress}\n${output}`).toBe(0);
  const { rows } = reportSchema.parse(JSON.parse(output.trimEnd().split("\n").at(-1) ?? ""));
  expect(rows.map((row) => row.name)).toEqual(definitions.map((definition) => definition.name));
  for (const { name: row } of definitions) expect(output).toContain(`\n${row} `);
});
