import { need, type Check } from "../check.ts";
import { expectRefusal, expectSuccess, expectThat } from "../expect.ts";

const section = "Authentication";
const paths: [string, string][] = [
  ["GET", "/partner/browser-platforms"],
  ["POST", "/partner/browser-session"],
  ["GET", "/partner/browser-session/00000000-0000-4000-8000-000000000000"],
  ["GET", "/partner/browser-sessions"],
];

export const accessChecks: Check[] = [
  {
    section,
    rule: "x-api-key lets in",
    async run({ call }) {
      expectSuccess(await call("GET", "/partner/browser-platforms"));
    },
  },
  {
    section,
    rule: "Authorization: Bearer lets in, in any case of the word",
    async run({ call, key }) {
      for (const word of ["Bearer", "bearer"])
        expectSuccess(
          await call("GET", "/partner/browser-platforms", { key: null, headers: { authorization: `${word} ${key}` } }),
        );
    },
  },
  ...paths.map(([method, path]): Check => ({
    section,
    rule: `${method} ${path.replace(/0{8}.*/, ":id")} without a key, with a wrong one or another scheme is 401`,
    async run({ call, key }) {
      expectRefusal(await call(method, path, { key: null }), 401, { code: "api_key_missing" });
      expectRefusal(await call(method, path, { key: `${key}x` }), 401, { code: "api_key_invalid" });
      expectRefusal(await call(method, path, { key: null, headers: { authorization: `Basic ${key}` } }), 401);
    },
  })),
  {
    section,
    rule: "an odd key (short, long, with odd letters) is 401, and nothing worse",
    async run({ call }) {
      for (const key of ["x", "a".repeat(4000), "as_live_%00'\"--", "as_test_12345678_" + "x".repeat(49)])
        expectRefusal(await call("GET", "/partner/browser-platforms", { key }), 401);
    },
  },
  {
    section,
    rule: "answers with data of a partner are not stored by caches",
    async run({ call }) {
      const { headers } = await call("GET", "/partner/browser-sessions");
      expectThat(headers.get("cache-control") === "no-store", `Cache-Control is ${headers.get("cache-control")}`);
    },
  },
  {
    section,
    rule: "another partner's key is another partner's: its list is its own",
    async run({ call, otherKey }) {
      const key = need(otherKey, "the key of another partner");
      expectSuccess(await call("GET", "/partner/browser-sessions", { key }));
    },
  },
];
