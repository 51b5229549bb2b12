import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { proveSample, signStatusList, writeProof } from "./test-support/sample-proof.ts";

const page = new URL("../../../docs/proof.md", import.meta.url);
const now = new Date(Date.now() - 120_000);
let folder: string;
let proof: Awaited<ReturnType<typeof proveSample>>;

/** Runs a block of docs/proof.md as it stands there, in the folder with the files. */
async function run(name: string): Promise<{ ok: boolean; output: string }> {
  const text = await readFile(page, "utf8");
  const block = new RegExp(`<!-- tested: ${name.replace(".", "\\.")} -->\n\`\`\`\\w+\n(.*?)\n\`\`\``, "s").exec(
    text,
  )?.[1];
  if (block === undefined) throw new Error(`docs/proof.md has no block ${name}`);
  await writeFile(join(folder, name), block);
  const isShell = name.endsWith(".sh");
  const program = isShell ? "bash" : process.execPath;
  const args = isShell ? ["-euo", "pipefail", name] : [name];
  // The very Node that runs this test, wherever it is.
  const env = { ...process.env, PATH: `${dirname(process.execPath)}:${process.env["PATH"]}` };
  return new Promise((resolve) => {
    execFile(program, args, { cwd: folder, env }, (error, stdout, stderr) =>
      resolve({ ok: error === null, output: stdout + stderr }),
    );
  });
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "attestream-stock-"));
  await symlink(new URL("../node_modules", import.meta.url).pathname, join(folder, "node_modules"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

test("openssl, jose and an SD-JWT library agree that an honest proof is one", async () => {
  proof = await proveSample({}, {}, now);
  await writeProof(folder, proof);
  expect(await run("evidence.sh")).toEqual({ ok: true, output: "Verified OK\n" });
  expect(await run("binding.sh")).toEqual({
    ok: true,
    output: "named by the attestation\naccountHolder: same digest\nbalance: same digest\n",
  });
  expect(await run("stock.mjs")).toEqual({
    ok: true,
    output: [
      "signed by the issuer: dc+sd-jwt",
      "signed by the issuer: statuslist+jwt",
      "signed by the issuer: log-checkpoint+jwt",
      "disclosed: accountHolder, balance, transactions",
      "in the log of 7\n",
    ].join("\n"),
  });
});

test("and that a forged one is none", async () => {
  const other = await proveSample({}, {}, now);
  // Another attestor's word under this one's name, and another place in the log.
  await writeProof(folder, {
    attestation: proof.attestation,
    options: {
      ...proof.options,
      evidence: other.options.evidence,
      attestors: { keys: [{ ...proof.attestor.publicJwk, kid: other.attestor.kid }] },
      log: { ...(proof.options.log as object), index: 2 },
    },
  });
  expect(await run("evidence.sh")).toMatchObject({ ok: false, output: expect.stringContaining("failure") });
  expect(await run("binding.sh")).toMatchObject({ output: expect.stringContaining("NOT NAMED") });
  expect(await run("stock.mjs")).toMatchObject({ ok: true, output: expect.stringContaining("NOT IN THE LOG") });
  const revoking = await signStatusList(proof.signingKey, {}, Uint8Array.of(0, 0x10), undefined, now);
  await writeProof(folder, { attestation: proof.attestation, options: { ...proof.options, statusList: revoking } });
  expect(await run("stock.mjs")).toMatchObject({ ok: false, output: expect.stringContaining("Status is not valid") });
});
