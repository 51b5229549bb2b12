import { createSession, need, type Check, type CheckContext } from "../check.ts";
import { expectRefusal, expectSuccess, expectThat, type Fields } from "../expect.ts";
import type { Answer } from "../client.ts";

const section = "Idempotency-Key";
const path = "/partner/browser-session";

const newKey = () => `conformance-${crypto.randomUUID()}`;
const send = ({ call }: CheckContext, idempotencyKey: string, body: unknown, key?: string): Promise<Answer> =>
  call("POST", path, {
    body,
    headers: { "idempotency-key": idempotencyKey },
    ...(key === undefined ? {} : { key }),
  });
const idOf = (answer: Answer) => (expectSuccess(answer, 201, 200) as Fields)["sessionId"];

export const idempotencyChecks: Check[] = [
  {
    section,
    rule: "the same key with the same body gives the same session, says so, and its link is a fresh one",
    async run(context) {
      const key = newKey();
      const body = { platformId: context.platformId, externalReferenceId: "a", metadata: { b: 1, c: 2 } };
      const first = await send(context, key, body);
      const again = await send(context, key, {
        metadata: { c: 2, b: 1 },
        externalReferenceId: "a",
        platformId: body.platformId,
      });
      expectThat(idOf(first) === idOf(again), "another session was made");
      expectThat(!first.headers.has("idempotent-replayed"), "the first answer says that it is a repeated one");
      expectThat(again.headers.get("idempotent-replayed") === "true", "Idempotent-Replayed is not true");
      const [one, other] = [first, again].map((answer) => (expectSuccess(answer, 201, 200) as Fields)["embedUrl"]);
      expectThat(one !== other, "embedUrl is the same");
    },
  },
  {
    section,
    rule: "the same key with another body is 409 idempotency_key_reused",
    async run(context) {
      const key = newKey();
      expectSuccess(await send(context, key, { platformId: context.platformId }), 201, 200);
      const answer = await send(context, key, { platformId: context.platformId, expiresInHours: 1 });
      expectRefusal(answer, 409, { code: "idempotency_key_reused" });
    },
  },
  {
    section,
    rule: "ten requests with one key at once make one session",
    async run(context) {
      const key = newKey();
      const answers = await Promise.all(
        Array.from({ length: 10 }, () => send(context, key, { platformId: context.platformId })),
      );
      expectThat(new Set(answers.map(idOf)).size === 1, "more than one session was made");
    },
  },
  {
    section,
    rule: "a refused request does not use the key up",
    async run(context) {
      const key = newKey();
      expectRefusal(await send(context, key, { platformId: context.platformId, expiresInHours: 0 }), 400);
      expectSuccess(await send(context, key, { platformId: context.platformId }), 201, 200);
    },
  },
  {
    section,
    rule: "a key that is empty, longer than 255, or has spaces is 400 and named",
    async run(context) {
      for (const key of ["", "x".repeat(256), "a b", "caf\u00e9"])
        expectRefusal(await send(context, key, { platformId: context.platformId }), 400, { param: "Idempotency-Key" });
    },
  },
  {
    section,
    rule: "it is the partner's own: another partner's same key makes a session of its own",
    async run(context) {
      const otherKey = need(context.otherKey, "the key of another partner");
      const key = newKey();
      const own = idOf(await send(context, key, { platformId: context.platformId }));
      const other = await send(context, key, { platformId: context.platformId }, otherKey);
      if (other.status === 403) return;
      expectThat(idOf(other) !== own, "it gave the session of the first partner");
    },
  },
  {
    section,
    rule: "without a key every request makes a session",
    async run(context) {
      const [one, other] = [await createSession(context), await createSession(context)];
      expectThat(one.sessionId !== other.sessionId, "both are the same session");
    },
  },
];
