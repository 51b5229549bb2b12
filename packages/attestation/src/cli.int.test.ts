import { execFile } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { runCli } from "./cli/run-cli.ts";
import { issueSample, sampleInput } from "./test-support/sample.ts";

const cli = join(import.meta.dirname, "cli.ts");
let folder: string;
let sample: Awaited<ReturnType<typeof issueSample>>;

async function run(...args: string[]): Promise<{ code: number; stdout: string; stderr: string }> {
  const { exitCode, stdout, stderr } = await runCli(args, new Date());
  return { code: exitCode, stdout, stderr };
}

function runProcess(...args: string[]): Promise<{ code: number; stdout: string; stderr: string }> {
  return new Promise((resolve) => {
    execFile(process.execPath, ["--conditions=@attestream/source", cli, ...args], (error, stdout, stderr) => {
      resolve({ code: typeof error?.code === "number" ? error.code : 0, stdout, stderr });
    });
  });
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "attestream-cli-"));
  sample = await issueSample({ claims: { accountHolder: "Jane\u001b[31m Roe" } }, new Date());
  const data = {
    sessionId: sampleInput.sessionId,
    format: "dc+sd-jwt",
    attestation: sample.attestation,
    proofHash: sample.proofHash,
    issuer: "https://verify.example.com",
    jwksUrl: "https://verify.example.com/.well-known/jwks.json",
    issuedAt: sample.issuedAt.toISOString(),
  };
  await writeFile(join(folder, "proof.json"), JSON.stringify({ status: "success", data }));
  await writeFile(join(folder, "data.json"), JSON.stringify(data));
  await writeFile(join(folder, "raw.txt"), `${sample.attestation}\n`);
  await writeFile(join(folder, "other.json"), JSON.stringify({ ...data, proofHash: "0".repeat(64) }));
  await writeFile(
    join(folder, "error.json"),
    JSON.stringify({ status: "error", error: { message: "This session has no attestation." } }),
  );
  await writeFile(join(folder, "jwks.json"), JSON.stringify(sample.jwks));
});

afterAll(() => rm(folder, { recursive: true, force: true }));

test.each(["proof.json", "data.json", "raw.txt"])("%s is valid, with the key set beside it", async (file) => {
  const { code, stdout } = await run(
    "verify",
    join(folder, file),
    "--audience",
    "partner-1",
    "--nonce",
    "nonce-1",
    "--issuer",
    "https://verify.example.com",
  );
  expect(code).toBe(0);
  expect(stdout).toContain("VALID\n");
  expect(stdout).toContain("by https://verify.example.com (key ");
  expect(stdout).toContain("That demo-bank sent this data.");
  expect(stdout).not.toContain("\u001b");
});

test("as a program it prints and exits as said", async () => {
  expect(await runProcess("verify", join(folder, "raw.txt"))).toMatchObject({
    code: 0,
    stdout: expect.stringMatching(/^VALID\n/),
  });
  expect(await runProcess("verify", join(folder, "none.json"))).toMatchObject({
    code: 2,
    stderr: expect.stringContaining("ENOENT"),
  });
});

test("--json prints the result itself", async () => {
  const { code, stdout } = await run(
    "verify",
    join(folder, "proof.json"),
    "--json",
    "--jwks",
    join(folder, "jwks.json"),
  );
  expect(code).toBe(0);
  expect(JSON.parse(stdout)).toMatchObject({ ok: true, withheld: 0 });
});

test("what is not as expected ends with 1", async () => {
  const wrongNonce = await run("verify", join(folder, "proof.json"), "--nonce", "nonce-2");
  expect(wrongNonce).toMatchObject({ code: 1, stdout: expect.stringContaining("NOT VALID (nonce_mismatch)") });
  expect(await run("verify", join(folder, "other.json"))).toMatchObject({
    code: 1,
    stdout: expect.stringContaining("proof_hash_mismatch"),
  });
});

test("what cannot be checked ends with 2 and says what to do", async () => {
  expect(await run("verify", join(folder, "none.json"))).toMatchObject({
    code: 2,
    stderr: expect.stringContaining("could not be read (ENOENT)"),
  });
  expect(await run("verify", join(folder, "error.json"))).toMatchObject({
    code: 2,
    stderr: expect.stringContaining("This session has no attestation."),
  });
  expect(await run("verify", join(folder, "proof.json"), "--jwks", join(folder, "raw.txt"))).toMatchObject({
    code: 2,
    stderr: expect.stringContaining("not valid JSON"),
  });
  expect(await run("verify")).toMatchObject({ code: 2, stderr: expect.stringContaining("attestream verify PROOF") });
  expect(await run("verify", "x", "--frobnicate")).toMatchObject({
    code: 2,
    stderr: expect.stringContaining("--frobnicate"),
  });
});
