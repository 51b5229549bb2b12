import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { runDocBlock } from "@attestream/testkit";
import { afterAll, beforeAll, expect, test } from "vitest";
import { proveSample, signStatusList, writeProof } from "./test-support/sample-proof.ts";

const now = new Date(Date.now() - 120_000);
let folder: string;
let proof: Awaited<ReturnType<typeof proveSample>>;

const run = (name: string) => runDocBlock(name, folder);

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "attestream-stock-"));
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
