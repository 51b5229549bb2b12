import { runInNewContext } from "node:vm";
import { build } from "esbuild";
import { beforeAll, expect, test } from "vitest";
import { proveSample } from "../test-support/sample-proof.ts";
import type * as Verifier from "./index.ts";

let text: string;
let inputs: string[];

beforeAll(async () => {
  const { outputFiles, metafile } = await build({
    entryPoints: [new URL("index.ts", import.meta.url).pathname],
    absWorkingDir: new URL("../../../..", import.meta.url).pathname,
    bundle: true,
    platform: "browser",
    format: "iife",
    globalName: "verifier",
    conditions: ["@attestream/source"],
    write: false,
    metafile: true,
    logLevel: "silent",
  });
  text = outputFiles[0]?.text ?? "";
  inputs = Object.keys(metafile.inputs);
});

test("the verifier is made of itself, the wire's words, and three libraries", () => {
  const places = inputs.map((path) =>
    path.replace(/^node_modules\/\.pnpm\/[^/]+\/node_modules\/((?:@[^/]+\/)?[^/]+)\/.*/, "$1").replace(/\/src\/.*/, ""),
  );
  expect([...new Set(places)].toSorted()).toEqual([
    "@noble/hashes",
    "jose",
    "packages/attestation",
    "packages/shared",
    "zod",
  ]);
  const own = inputs.filter((path) => path.startsWith("packages/attestation/src/"));
  expect(
    own.filter((path) => /\/(cli|tls-evidence|zero-knowledge)\/|create-issuer|sign-credential/.test(path)),
  ).toEqual([]);
});

test("it checks a whole proof where there is nothing but what browsers have, and no way to connect", async () => {
  const { attestation, options } = await proveSample();
  const web = { atob, btoa, Blob, crypto, CryptoKey, DecompressionStream, TextDecoder, TextEncoder, URL };
  const { verifyAttestation } = runInNewContext(`${text};verifier`, { ...web }) as typeof Verifier;
  const result = await verifyAttestation(attestation, options);
  expect(result).toMatchObject({ ok: true, claims: { mode: "passive" } });
  expect(result.ok && Object.keys(result.witnessed)).toEqual(["accountHolder", "balance"]);
  const forged = attestation.replace(/~[^~]+~$/, "~");
  expect(await verifyAttestation(forged, { ...options, witnessed: ["transactions"] })).toMatchObject({ ok: false });
});
