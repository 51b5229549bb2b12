import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { runCli } from "../../cli/run-cli.ts";
import { sampleInput, sampleNow } from "../../test-support/sample.ts";
import { createBbsKey, issueCredential } from "../index.ts";

let folder: string;
const at = (name: string) => join(folder, name);
const run = (...args: string[]) => runCli(args, sampleNow);

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "attestream-prove-"));
  const key = await createBbsKey();
  const credential = await issueCredential(
    { ...sampleInput, claims: { balance: { amount: "1250.50", currency: "EUR" }, since: "2019-04-01" } },
    { issuer: "https://verify.example.com", key, now: () => sampleNow },
  );
  await writeFile(at("credential.json"), JSON.stringify({ status: "success", data: { credential } }));
  await writeFile(at("bbs-keys.json"), JSON.stringify({ keys: [key.publicKey] }));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

test("a proof is made, and checked by the same command as any other", async () => {
  const asked = ["--predicate", "balance.amount >= 1000", "--challenge", "q1", "--keys", at("bbs-keys.json")];
  const made = await run("prove", at("credential.json"), ...asked, "--out", at("proof.json"));
  expect(made).toEqual({ exitCode: 0, stdout: "", stderr: "" });
  const checked = await run("verify", at("proof.json"), "--challenge", "q1", "--require", "balance.amount >= 900");
  expect(checked).toMatchObject({ exitCode: 0, stderr: "" });
  expect(checked.stdout).toContain("balance.amount is at least 1000");
  expect(checked.stdout).not.toContain("1250");
  const other = await run("verify", at("proof.json"), "--challenge", "q2", "--json");
  expect(JSON.parse(other.stdout)).toMatchObject({ ok: false, reason: "challenge_mismatch" });
});

test("what is not true, or not understood, is told without the value", async () => {
  const untrue = await run("prove", at("credential.json"), "--predicate", "balance.amount >= 2000");
  expect(untrue).toMatchObject({ exitCode: 1, stdout: "", stderr: expect.stringContaining("(predicate_unmet)") });
  expect(untrue.stderr).not.toContain("1250");
  expect(await run("prove", at("credential.json"), "--predicate", "balance > 3")).toMatchObject({ exitCode: 2 });
  expect(await run("prove", at("credential.json"))).toMatchObject({ exitCode: 2 });
  expect(await run("prove", at("none.json"))).toMatchObject({ exitCode: 2 });
  expect(await run("prove", at("credential.json"), "--list")).toMatchObject({
    exitCode: 0,
    stdout: '"balance.amount": number\n"balance.currency": text\n"since": date\n',
  });
});
