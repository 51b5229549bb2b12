import { sessionSchema, erasureSchema } from "@attestream/shared/partner-api";
import { afterAll, describe, expect, it } from "vitest";
import { embedded, postgres } from "../test-support/engines.ts";
import { startTestApi, type TestApi } from "../test-support/start-test-api.ts";

const dayMs = 86_400_000;
const personal = { receiverData: { name: "Jane Roe" }, metadata: { branch: "north" } };

async function ended(test: TestApi): Promise<string> {
  const id = await test.createSession({ ...personal, externalReferenceId: "order-1" });
  await test.call("POST", `/partner/browser-session/${id}/terminate`);
  return id;
}

async function kept(test: TestApi): Promise<string[]> {
  const rows = await test.api.database.db
    .selectFrom("sessions")
    .select(["id", "metadata", "receiver_data_enc", "data_erased_at"])
    .execute();
  for (const row of rows)
    expect([row.metadata === null, row.receiver_data_enc === null]).toEqual(Array(2).fill(row.data_erased_at !== null));
  return rows.filter(({ metadata }) => metadata !== null).map(({ id }) => id);
}

describe.each([embedded, postgres()])("what is known of end users, on $name,", (engine) => {
  afterAll(() => engine.stop());

  it("is erased so long after the session's end, and not before; the record stays", async () => {
    await using test = await startTestApi({ ...(await engine.env()), DATA_RETENTION: "2d" });
    const early = await ended(test);
    test.clock.advance(dayMs);
    const late = await ended(test);
    const living = await test.createSession(personal);
    await test.api.sweeper.sweep();
    expect((await kept(test)).toSorted()).toEqual([early, late, living].toSorted());

    test.clock.advance(dayMs);
    await test.api.sweeper.sweep();
    expect((await kept(test)).toSorted()).toEqual([late, living].toSorted());
    const session = sessionSchema.parse((await test.call("GET", `/partner/browser-session/${early}`)).body.data);
    expect(session).toMatchObject({
      status: "TERMINATED",
      externalReferenceId: "order-1",
      dataErasedAt: expect.any(String),
    });
    // Whoever asks then gets the receipt of what was done.
    const { erasedAt, receipt } = erasureSchema.parse(
      (await test.call("DELETE", `/partner/browser-session/${early}/data`)).body.data,
    );
    expect(erasedAt).toBe(session.dataErasedAt);
    expect(JSON.parse(Buffer.from(receipt.split(".")[1] ?? "", "base64url").toString())).toMatchObject({
      session_id: early,
      erased: ["receiverData", "metadata"],
    });

    test.clock.advance(dayMs);
    await test.api.sweeper.sweep();
    expect(await kept(test)).toEqual([living]);
  });

  it("is erased also after a time in which nobody swept, and in a crowd", async () => {
    await using test = await startTestApi({
      ...(await engine.env()),
      DATA_RETENTION: "1h",
      RATE_LIMIT_CREATES: "1000",
      RATE_LIMIT_REQUESTS: "1000",
    });
    for (let count = 0; count < 60; count++) await ended(test);
    await test.api.stop();
    test.clock.advance(dayMs);
    await test.restart();
    await test.api.sweeper.sweep();
    expect(await kept(test)).toEqual([]);
  });

  it("is kept where DATA_RETENTION is 0", async () => {
    await using test = await startTestApi({ ...(await engine.env()), DATA_RETENTION: "0" });
    const id = await ended(test);
    test.clock.advance(400 * dayMs);
    await test.api.sweeper.sweep();
    expect(await kept(test)).toEqual([id]);
  });
});
