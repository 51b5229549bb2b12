import { execFile } from "node:child_process";
import { randomBytes } from "node:crypto";
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, it } from "vitest";
import { runDocBlock, textsInMemory } from "@attestream/testkit";
import { z } from "zod";
import { patience, startTestSystem, type TestSystem } from "./support/start-test-system.ts";

const cli = join(import.meta.dirname, "../packages/attestation/src/cli.ts");
const answerSchema = z.object({
  data: z.looseObject({
    jwksUrl: z.url(),
    attestorsUrl: z.url(),
    evidence: z.array(z.looseObject({})).min(1),
    status: z.looseObject({ uri: z.url() }),
  }),
});
const verdictSchema = z.looseObject({ ok: z.boolean(), witnessed: z.record(z.string(), z.looseObject({})).optional() });

let test: TestSystem;
let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "attestream-proof-"));
  test = await startTestSystem({ MIN_ISOLATION: "L2" });
});
afterAll(async () => {
  await test?.[Symbol.asyncDispose]();
  await rm(folder, { recursive: true, force: true });
});

/** The command, in a network of its own in which there is nothing. */
async function verifyOffline(...args: string[]) {
  const node = [process.execPath, "--conditions=@attestream/source", cli, "verify", ...args, "--json"];
  const run = promisify(execFile)("bwrap", ["--dev-bind", "/", "/", "--unshare-net", "--", ...node]);
  const { stdout } = await run.catch((error: { stdout: string; stderr: string }) => error);
  return verdictSchema.parse(JSON.parse(stdout));
}

it("a session's data is witnessed on the browser's own connection, and checked without a network", async () => {
  const canary = `canary${randomBytes(6).toString("hex")}`;
  const user = await test.openEndUser();
  const sessionId = await user.startVerification(test.system.partnerUrl);
  await user.agree();
  await user.waitForChallenge("login");
  await user.insert("user_good");
  await user.press("Tab");
  await user.insert(canary);
  await user.press("Enter");
  await user.frame.getByText("Incorrect username or password").waitFor();
  await user.logIn("user_good", "pass_good");
  await user.enterCode("123456");
  await user.waitForStatus("COMPLETED", patience());
  await user.close();

  // What the user typed, and the bank's cookie, which every request over the witnessed connection carried.
  const attestor = Number(test.system.parts.attestor?.pid);
  // The type of its statements is there: the search finds what there is.
  const known = "urn:attestream:tls-evidence:1";
  expect(textsInMemory(attestor, [canary, "__Host-demo-bank=", known])).toEqual([known]);
  expect(await readdir(join(test.dataDir, "attestor"))).toEqual(["signing-key.json"]);

  const key = { "x-api-key": test.system.demoApiKey };
  const url = `${test.system.apiUrl}/partner/browser-session/${sessionId}/attestation`;
  const text = await (await fetch(url, { headers: key })).text();
  const { jwksUrl, attestorsUrl, status } = answerSchema.parse(JSON.parse(text)).data;
  const files = { proof: join(folder, "proof.json"), altered: join(folder, "altered.json") };
  await writeFile(files.proof, text);
  await writeFile(join(folder, "jwks.json"), await (await fetch(jwksUrl)).text());
  await writeFile(join(folder, "attestors.json"), await (await fetch(attestorsUrl)).text());
  await writeFile(join(folder, "status.jwt"), await (await fetch(status.uri)).text());

  const demanded = ["--require", "passive", "--server", "bank.demo.test"];
  const fields = ["accountHolder", "accountType", "lastFourDigits"];
  const wanted = [...demanded, ...fields.flatMap((name) => ["--witnessed", name])];
  const verdict = await verifyOffline(files.proof, ...wanted);
  expect(verdict).toMatchObject({ ok: true });
  expect(Object.keys(verdict.witnessed ?? {}).toSorted()).toEqual(fields);

  // openssl, jose, an SD-JWT library and RFC 9162 agree, by the commands of docs/proof.md.
  expect(await runDocBlock("evidence.sh", folder)).toEqual({ ok: true, output: "Verified OK\n" });
  const same = fields.map((name) => `${name}: same digest`);
  const binding = (await runDocBlock("binding.sh", folder)).output.trim().split("\n");
  expect(binding.toSorted()).toEqual(["named by the attestation", ...same].toSorted());
  const stock = await runDocBlock("stock.mjs", folder);
  expect(stock).toMatchObject({
    ok: true,
    output: expect.stringMatching(/disclosed: .*accountHolder.*\nin the log of \d/),
  });

  // Without the attestor's key nothing is witnessed; with somebody else's neither.
  await writeFile(join(folder, "attestors.json"), await readFile(join(folder, "jwks.json"), "utf8"));
  expect(await verifyOffline(files.proof, ...wanted)).toMatchObject({ ok: false });
});
