// The contract's checks against any installation:
//   npm run conformance -- --url https://verify.example.com --key as_test_… [--other-key …] [--spare-key …]
//   npm run conformance -- --list
import { parseArgs } from "node:util";
import { allChecks, checkTable } from "./all-checks.ts";
import type { CheckContext } from "./check.ts";
import { createClient } from "./client.ts";
import { Deviation, NotPossible } from "./expect.ts";

const usage =
  "Give --url and --key of an installation, --other-key of another partner, and --spare-key that may be rotated away; or --list.\n";

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: {
      url: { type: "string" },
      key: { type: "string" },
      "other-key": { type: "string" },
      "spare-key": { type: "string" },
      list: { type: "boolean" },
    },
  });
  const print = (line: string) => process.stdout.write(`${line}\n`);
  if (values.list === true) {
    print(checkTable());
    return 0;
  }
  if (values.url === undefined || values.key === undefined) {
    process.stderr.write(usage);
    return 2;
  }
  const stop = new AbortController();
  process.once("SIGINT", () => stop.abort(new Error("interrupted")));
  const call = createClient({ baseUrl: values.url, key: values.key, signal: stop.signal });
  const context: CheckContext = {
    call,
    key: values.key,
    otherKey: values["other-key"],
    spareKey: values["spare-key"],
    endUser: undefined,
    inbox: undefined,
    platformId: await usablePlatform(call),
  };

  const counts = { ok: 0, deviates: 0, "not possible": 0 };
  for (const { section, rule, run } of allChecks) {
    let outcome: keyof typeof counts = "ok";
    let why = "";
    try {
      await run(context);
    } catch (error) {
      if (!(error instanceof Deviation) && !(error instanceof NotPossible)) throw error;
      outcome = error instanceof Deviation ? "deviates" : "not possible";
      why = ` (${error.message})`;
    }
    counts[outcome]++;
    print(`${outcome.padEnd(12)} ${section}: ${rule}${why}`);
  }
  print(
    `${counts.ok} as the contract says, ${counts.deviates} deviations, ${counts["not possible"]} not possible here`,
  );
  return counts.deviates === 0 ? 0 : 1;
}

/** The first platform that a session can be created for with this key. */
async function usablePlatform(call: CheckContext["call"]): Promise<number> {
  const { body } = await call("GET", "/partner/browser-platforms");
  const { data = [] } = body as { data?: { id: number }[] };
  for (const { id } of data) {
    const { status } = await call("POST", "/partner/browser-session", { body: { platformId: id } });
    if (status < 300) return id;
  }
  throw new Error("There is no platform that this key can create a session for; check the key and the platforms.");
}

main().then(
  (code) => (process.exitCode = code),
  (error: unknown) => {
    const { message, cause } = error instanceof Error ? error : new Error(String(error));
    process.stderr.write(`${message}${cause instanceof Error ? `: ${cause.message}` : ""}\n`);
    process.exitCode = 1;
  },
);
