import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { checkLog, keptCheckpointSchema } from "./check-log.ts";

const usage = "npm run log -- check --url https://verify.example.com [--keep checkpoint.json]";

/** `npm run log -- check`: for auditors, of any installation. Ends with 1 when the log is not what it should be. */
async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { url: { type: "string" }, keep: { type: "string" } },
  });
  if (positionals.join() !== "check" || values.url === undefined || !URL.canParse(values.url))
    throw new Error(`Write: ${usage}`);
  const { keep } = values;
  const kept =
    keep !== undefined && existsSync(keep) ? keptCheckpointSchema.parse(JSON.parse(readFileSync(keep, "utf8"))) : null;
  const { size, checkpoint } = await checkLog({ baseUrl: values.url.replace(/\/+$/, ""), kept });
  if (keep !== undefined) writeFileSync(keep, `${JSON.stringify(checkpoint)}\n`);
  const since = kept === null ? "" : `, and goes on from the ${kept.size} that were kept`;
  process.stdout.write(`${size} entries are those of the signed checkpoint${since}.\n`);
}

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
});
