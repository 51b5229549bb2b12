import { need, type Check } from "../check.ts";
import { expectRefusal, expectShape, expectSuccess, expectThat, show, type Fields } from "../expect.ts";

const section = "Key rotation";
const path = "/partner/api-keys/rotate";
const hourMs = 3_600_000;

export const keyRotationChecks: Check[] = [
  {
    section,
    rule: "overlapHours outside 0–168, or no number, is 400 and named, and nothing is rotated",
    async run({ call, spareKey }) {
      const key = need(spareKey, "a key that may be used up");
      for (const overlapHours of [-1, 169, "1", null])
        expectRefusal(await call("POST", path, { key, body: { overlapHours } }), 400, { param: "overlapHours" });
      expectSuccess(await call("GET", "/partner/browser-sessions", { key }));
    },
  },
  {
    section,
    rule: "a new key does what the old one did; the old one lives on for the overlap, makes no other, and ends at 0",
    async run({ call, spareKey }) {
      const old = need(spareKey, "a key that may be used up");
      const list = async (key: string) => JSON.stringify(expectSuccess(await call("GET", sessions, { key })));
      const sessions = "/partner/browser-sessions";
      const rotate = async (key: string, body?: Fields) =>
        expectShape(
          expectSuccess(await call("POST", path, { key, ...(body === undefined ? {} : { body }) }), 201),
          { apiKey: "string", prefix: "string", mode: "string", createdAt: "time", previous: "object" },
          "data",
        );

      const rotated = await rotate(old);
      const first = String(rotated["apiKey"]);
      expectThat(first.startsWith(String(rotated["prefix"])), "prefix is not how the key begins");
      const { expiresAt } = expectShape(rotated["previous"], { prefix: "string", expiresAt: "time" }, "previous");
      const overlap = Date.parse(String(expiresAt)) - Date.parse(String(rotated["createdAt"]));
      expectThat(overlap === 24 * hourMs, `the overlap is ${show(overlap / hourMs)} hours when none is given`);
      expectThat((await list(first)) === (await list(old)), "the keys do not see the same sessions");
      expectRefusal(await call("POST", path, { key: old }), 409, { code: "api_key_rotated" });

      const second = String((await rotate(first, { overlapHours: 0 }))["apiKey"]);
      expectRefusal(await call("GET", sessions, { key: first }), 401, { code: "api_key_invalid" });
      expectSuccess(await call("GET", sessions, { key: second }));
    },
  },
];
