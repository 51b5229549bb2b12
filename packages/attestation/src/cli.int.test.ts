import { execFile } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { runCli } from "./cli/run-cli.ts";
import { proveSample, writeProof } from "./test-support/sample-proof.ts";
import { issueSample, sampleInput } from "./test-support/sample.ts";

const cli = join(import.meta.dirname, "cli.ts");
let folder: string;
let sample: Awaited<ReturnType<typeof issueSample>>;

async function run(...args: string[]): Promise<{ code: number; stdout: string; stderr: string }> {
  const { exitCode, stdout, stderr } = await runCli(args, new Date());
  return { code: exitCode, stdout, stderr };
}

/** Whoever opens a connection dies of it, with a code that the command does not have. */
const noNetwork = `data:text/javascript,${encodeURIComponent(
  'import net from "node:net"; import dns from "node:dns"; net.Socket.prototype.connect = dns.lookup = () => process.exit(99);',
)}`;

function runProcess(...args: string[]): Promise<{ code: number; stdout: string; stderr: string }> {
  return new Promise((resolve) => {
    const command = ["--conditions=@attestream/source", `--import=${noNetwork}`, cli, ...args];
    execFile(process.execPath, command, (error, stdout, stderr) => {
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

test("as a program, which cannot connect anywhere, it prints and exits as said", async () => {
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

describe("the whole answer, with evidence, log and status list", () => {
  let whole: string;
  let proof: Awaited<ReturnType<typeof proveSample>>;
  const verify = (...args: string[]) => run("verify", join(whole, "proof.json"), ...args);

  beforeAll(async () => {
    whole = await mkdtemp(join(tmpdir(), "attestream-cli-"));
    proof = await proveSample({}, {}, new Date(Date.now() - 120_000));
    await writeProof(whole, proof);
  });
  afterAll(() => rm(whole, { recursive: true, force: true }));

  test("is checked with the files beside it, and says what each field rests on", async () => {
    const { code, stdout } = await verify("--require", "passive", "--server", "api.demo-bank.example");
    expect(code).toBe(0);
    expect(stdout).toContain("VALID\n  mode passive: an attestor witnessed");
    const lines = stdout.split("\n").map((line) => line.trim());
    const sourceOf = (field: string) => lines[lines.findIndex((line) => line.startsWith(`${field}: `)) + 1];
    expect(sourceOf("balance")).toBe("from api.demo-bank.example (passive, attestor checked)");
    expect(sourceOf("transactions")).toBe("the issuer's word");
    expect(stdout).toContain(`by attestor with key ${proof.attestor.kid}`);
    expect(stdout).toContain("which had 7 entries");
    expect(stdout).toContain("It had not been revoked at");
    expect(lines.filter((line) => line.length > 100)).toEqual([]);
  });

  test("is refused for what is required and not there", async () => {
    const refusal = async (...args: string[]) => /\((\w+)\)/.exec((await verify(...args)).stdout)?.[1];
    expect(await refusal("--require", "replay")).toBe("mode_too_weak");
    expect(await refusal("--witnessed", "transactions")).toBe("field_not_witnessed");
    expect(await refusal("--server", "demo-bank.example")).toBe("server_unexpected");
    expect(await refusal("--attestors", join(whole, "jwks.json"))).toBe("attestor_unknown");
    expect(await refusal("--status", join(whole, "proof.json"))).toBe("status_list_invalid");
    expect(await verify("--require", "certainty")).toMatchObject({
      code: 2,
      stderr: expect.stringContaining("write passive or replay"),
    });
    expect(await verify("--attestors", join(whole, "none.json"))).toMatchObject({ code: 2 });
  });

  test("without the files beside it is valid still, and says what was not checked", async () => {
    await rm(join(whole, "attestors.json"));
    await rm(join(whole, "status.jwt"));
    const { code, stdout } = await verify();
    const text = stdout.replaceAll(/\s+/g, " ");
    expect(code).toBe(0);
    expect(text).toContain("no keys of attestors whom you trust were given");
    expect(text).toContain("No status list was given. Get it from https://verify.example.com/status-lists/1.");
    expect(text).not.toContain("attestor checked");
    expect(await verify("--require", "passive")).toMatchObject({ code: 1 });
  });
});
