import { describe, expect, test } from "vitest";
import { createSigningKey } from "../issue/signing-key.ts";
import { refusalOf } from "../test-support/forge-proof.ts";
import { logSample, proveSample, signStatusList, statusUri } from "../test-support/sample-proof.ts";
import { readPayload, sampleNow } from "../test-support/sample.ts";
import { verifyAttestation } from "./verify-attestation.ts";

describe("the log", () => {
  test("without this attestation, or another log, or one that somebody else signed", async () => {
    const proof = await proveSample();
    const refusal = (log: unknown) => refusalOf(proof.attestation, { ...proof.options, log });
    const other = await proveSample();
    const honest = await logSample(proof.jwt, proof.signingKey);
    const withoutIt = await logSample(other.jwt, proof.signingKey);
    expect(await refusal(withoutIt)).toBe("not_in_log");
    // The path of this one, under the root of another.
    expect(await refusal({ ...honest, checkpoint: withoutIt.checkpoint })).toBe("not_in_log");
    expect(await refusal({ ...honest, index: 2 })).toBe("not_in_log");
    expect(await refusal({ ...honest, inclusion: honest.inclusion.slice(1) })).toBe("not_in_log");
    expect(await refusal({ ...honest, size: 8 })).toBe("log_checkpoint_invalid");
    expect(await refusal(await logSample(proof.jwt, await createSigningKey()))).toBe("log_checkpoint_invalid");
    const elsewhere = await logSample(proof.jwt, proof.signingKey, "https://other.example.com/log");
    expect(await refusal(elsewhere)).toBe("log_checkpoint_invalid");
    expect(await refusal({ ...elsewhere, id: honest.id })).toBe("log_checkpoint_invalid");
    for (const malformed of [null, {}, { ...honest, inclusion: "x" }, { ...honest, index: -1 }])
      expect(await refusal(malformed)).toBe("log_proof_malformed");
  });
});

describe("the status list", () => {
  test("that revokes it, or suspends it", async () => {
    const proof = await proveSample();
    const list = (bytes: number[], bits = 1) =>
      signStatusList(proof.signingKey, {}, Uint8Array.from(bytes)).then((one) =>
        bits === 1 ? one : signStatusList(proof.signingKey, { status_list: { ...packed(one), bits } }),
      );
    const packed = (jwt: string) => readPayload(jwt)["status_list"] as Record<string, unknown>;
    const refusal = async (statusList: Promise<string>) =>
      refusalOf(proof.attestation, { ...proof.options, statusList: await statusList });
    expect(await refusal(list([0xff, 0xef]))).toBe("accepted");
    expect(await refusal(list([0x00, 0x10]))).toBe("revoked");
    expect(await refusal(list([0, 0, 0, 0b11], 2))).toBe("revoked");
    expect(await refusal(list([0xff, 0xff, 0xff, 0xfc], 2))).toBe("accepted");
    expect(await refusal(list([0xff]))).toBe("status_list_mismatch");
  });

  test("of another place, out of date, signed by somebody else, or no list at all", async () => {
    const proof = await proveSample();
    const refusal = (statusList: unknown) => refusalOf(proof.attestation, { ...proof.options, statusList });
    const key = proof.signingKey;
    const seconds = Math.floor(proof.options.now.getTime() / 1000);
    expect(await refusal(await signStatusList(key, { sub: `${statusUri}0` }))).toBe("status_list_mismatch");
    expect(await refusal(await signStatusList(key, { exp: seconds }))).toBe("status_list_expired");
    expect(await refusal(await signStatusList(key, { iat: seconds + 120 }))).toBe("status_list_invalid");
    expect(await refusal(await signStatusList(await createSigningKey()))).toBe("status_list_invalid");
    expect(await refusal(await signStatusList(key, {}, new Uint8Array(8), "JWT"))).toBe("status_list_invalid");
    expect(await refusal(proof.jwt)).toBe("status_list_invalid");
    const bomb = await signStatusList(key, {}, new Uint8Array(64 * 1024 * 1024));
    for (const lst of ["AAAA", "", "eJw"])
      expect(await refusal(await signStatusList(key, { status_list: { bits: 1, lst } }))).toBe("status_list_invalid");
    expect(await refusal(await signStatusList(key, { status_list: { bits: 3, lst: "eJw" } }))).toBe(
      "status_list_invalid",
    );
    for (const malformed of [null, 7, "", "a.b.c", bomb]) expect(await refusal(malformed)).toBe("status_list_invalid");
  });

  test("an old one is not passed for a new one", async () => {
    const proof = await proveSample();
    const iat = Math.floor(sampleNow.getTime() / 1000) - 1;
    const statusList = await signStatusList(proof.signingKey, { iat });
    const result = await verifyAttestation(proof.attestation, { ...proof.options, statusList });
    expect(result.ok && result.notProven.map(({ statement }) => statement)).toContain("That it was not revoked.");
  });
});
