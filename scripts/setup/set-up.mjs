import { existsSync } from "node:fs";
import { join } from "node:path";
import { ensureBrowser } from "./browser.mjs";
import { ensureDependencies, findNode } from "./dependencies.mjs";
import { ensureDebianPackages } from "./debian.mjs";
import { execute, SetupError, step } from "./steps.mjs";

/** Brings the working tree to where `needs` are met, doing only what is missing. Resolves to the path of the Node to run with. */
export async function setUp(root, needs) {
  await ensureDependencies(root);
  const node = await findNode(root);
  const runStep = async (title, program) => {
    await step(title, async () => {
      const { code, output } = await execute(node, ["--conditions=@attestream/source", program], {
        cwd: root,
        // What the operator sets is for the programs, not for set-up.
        env: Object.fromEntries(["PATH", "HOME", "LANG", "TMPDIR"].map((name) => [name, process.env[name]])),
      });
      if (code !== 0) throw new SetupError(`${title} failed.\n${output}`);
    });
  };
  const jobs = {
    browser: () => ensureBrowser(root, node),
    database: () => runStep("embedded database", "apps/api/src/make-database-template.ts"),
    certificates: () => runStep("development certificates", "apps/demo-platform/src/make-certificates.ts"),
    pages: async () => {
      await runStep("frame page", "apps/frame/build.ts");
      await runStep("page that checks proofs", "apps/verifier/build.ts");
      await runStep("embed loader", "packages/sdk/build.ts");
    },
    postgres: () => ensurePostgres(),
    firefox: () => ensureFirefox(),
  };
  for (const need of needs) await jobs[need]();
  return node;
}

async function ensurePostgres() {
  const versions = ["18", "17", "16", "15", "14"];
  if (versions.some((version) => existsSync(join("/usr/lib/postgresql", version, "bin/initdb")))) return;
  if ((await execute("initdb", ["--version"])).code === 0) return;
  await ensureDebianPackages(["postgresql"], "The tests start a PostgreSQL server of their own.");
}

async function ensureFirefox() {
  // What is named is not ours to replace; the test that uses it says when it is wrong.
  if (process.env.FIREFOX_PATH) return;
  if (["/usr/bin/firefox-esr", "/usr/bin/firefox"].some((place) => existsSync(place))) return;
  await ensureDebianPackages(["firefox-esr"], "The tests use a Firefox as an end user's browser.");
}
