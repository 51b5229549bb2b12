import { expect, it } from "vitest";
import { createSealer } from "../storage/encryption.ts";
import { startTestApi } from "../test-support/start-test-api.ts";
import { openAttestation } from "./stored-attestation.ts";

const masterKey = "a-master-key-for-tests-of-32-chars-or-more";

it("what an earlier release stored in plain is sealed at the next start, and given out as before", async () => {
  await using test = await startTestApi({ MASTER_KEY: masterKey });
  const id = await test.createSession();
  await test.call("POST", `/partner/browser-session/${id}/terminate`);
  const rows = () => test.api.database.db.selectFrom("attestations").selectAll().execute();
  await test.api.database.db
    .insertInto("attestations")
    .values({
      session_id: id,
      attestation: "head.body.signature~",
      attestation_enc: null,
      proof_hash: "0".repeat(64),
      kid: "k",
      issuer: "https://verify.example.com",
      issued_at: test.clock.now(),
    })
    .execute();

  await test.restart();
  const [row] = await rows();
  expect(row).toMatchObject({ session_id: id, attestation: null });
  expect(openAttestation(createSealer(new TextEncoder().encode(masterKey)), row!)).toBe("head.body.signature~");
  const { body } = await test.call("GET", `/partner/browser-session/${id}/attestation`);
  expect(body.data).toMatchObject({ attestation: "head.body.signature~" });
});
