// The one entry of every npm script. Depends on nothing but the Node that happens to be installed
// (18 or later), because it is what fetches the rest: pnpm, Node 24, the dependencies, a Chromium.
import { spawn } from "node:child_process";
import { constants } from "node:os";
import { fileURLToPath } from "node:url";
import { SetupError } from "./setup/steps.mjs";
import { setUp } from "./setup/set-up.mjs";

const root = fileURLToPath(new URL("..", import.meta.url));

/** name -> what to set up, and the program to run on Node 24 afterwards */
const commands = {
  setup: { needs: ["browser", "database", "certificates", "pages"] },
  start: { needs: ["browser", "database", "certificates", "pages"], program: "apps/standalone/src/main.ts" },
  demo: { needs: ["browser", "database", "certificates", "pages"], program: "apps/standalone/src/demo.ts" },
  api: { needs: ["database", "pages"], program: "apps/api/src/main.ts" },
  worker: { needs: ["browser"], program: "apps/browser-worker/src/main.ts" },
  attestor: { needs: [], program: "apps/attestor/src/main.ts" },
  "egress-gateway": { needs: [], program: "apps/egress-gateway/src/main.ts" },
  audit: { needs: ["database"], program: "apps/api/src/audit/main.ts" },
  log: { needs: [], program: "apps/api/src/log/main.ts" },
  revoke: { needs: ["database"], program: "apps/api/src/revocation/main.ts" },
  "rotate-signing-key": { needs: ["database"], program: "apps/api/src/attestation/rotation/main.ts" },
  tree: { needs: ["browser"], program: "apps/browser-worker/src/tree-cli/main.ts" },
  attack: { needs: ["browser", "database", "certificates", "pages"], program: "attack/main.ts" },
  bench: { needs: ["browser", "database", "certificates", "pages"], program: "bench/main.ts" },
  fuzz: { needs: [], program: "fuzz/main.ts" },
  conformance: { needs: [], program: "packages/conformance/src/main.ts" },
  test: { needs: ["browser", "database", "certificates", "pages", "postgres", "firefox"], program: "scripts/test.ts" },
  soak: { needs: ["browser", "database", "certificates", "pages", "postgres"], program: "e2e/soak/main.ts" },
  mutation: { needs: [], program: "attack/mutation/main.ts" },
  licences: { needs: [], program: "scripts/licences.ts" },
  check: { needs: [], program: "scripts/check.ts" },
  format: { needs: [], program: "scripts/format.ts" },
  generate: { needs: [], program: "scripts/generate.ts" },
};

const [name, ...args] = process.argv.slice(2);
const command = commands[name];
if (!command) {
  console.error(`Unknown command ${name ?? ""}. There are: ${Object.keys(commands).join(", ")}.`);
  process.exit(2);
}

try {
  const node = await setUp(root, command.needs);
  if (command.program) await run(node, command.program);
} catch (error) {
  if (!(error instanceof SetupError)) throw error;
  console.error(`\nSet-up stopped: ${error.message}`);
  process.exit(1);
}

/** Runs it to its end. It stops when we are told to, when whoever started us is gone, or when we are (by its IPC channel). */
async function run(node, program) {
  const child = spawn(node, ["--conditions=@attestream/source", program, ...args], {
    cwd: root,
    // All programs are compiled from their sources at each start: what has been once is kept.
    env: {
      NODE_COMPILE_CACHE: fileURLToPath(new URL("../node_modules/.cache/compiled", import.meta.url)),
      ...process.env,
    },
    stdio: ["inherit", "inherit", "inherit", "ipc"],
  });
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(signal, () => child.kill(signal));
  const parent = process.ppid;
  setInterval(() => {
    // No event tells that a parent was killed.
    if (process.ppid !== parent) child.kill("SIGTERM");
  }, 1000).unref();
  const { code, signal } = await new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("exit", (exitCode, exitSignal) => resolve({ code: exitCode, signal: exitSignal }));
  });
  process.exit(code ?? 128 + constants.signals[signal]);
}
