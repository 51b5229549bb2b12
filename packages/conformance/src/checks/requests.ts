import type { Check } from "../check.ts";
import { expectRefusal, expectThat } from "../expect.ts";

const section = "Requests and Responses";
const path = "/partner/browser-session";
const nested = (open: string, close: string, levels: number) =>
  `{"platformId":1,"receiverData":${open.repeat(levels)}${close.repeat(levels)}}`;

export const requestChecks: Check[] = [
  {
    section,
    rule: "a body of another type than JSON is 415",
    async run({ call }) {
      for (const type of [
        "application/x-www-form-urlencoded",
        "text/plain",
        "multipart/form-data; boundary=x",
        "application/xml",
        "x",
      ])
        expectRefusal(await call("POST", path, { raw: '{"platformId":1}', headers: { "content-type": type } }), 415);
    },
  },
  {
    section,
    rule: "JSON in a charset or an encoding that is not known is 415",
    async run({ call }) {
      const raw = '{"platformId":1}';
      const charset = { "content-type": "application/json; charset=x-nonsense" };
      expectRefusal(await call("POST", path, { raw, headers: charset }), 415);
      expectRefusal(await call("POST", path, { raw, headers: { "content-encoding": "x-nonsense" } }), 415);
    },
  },
  {
    section,
    rule: "what is not JSON is 400 invalid_json",
    async run({ call }) {
      for (const raw of [
        "{",
        "{'platformId':1}",
        '{"platformId":1,}',
        "platformId=1",
        "\u0000",
        "NaN",
        '{"platformId":01}',
      ])
        expectRefusal(await call("POST", path, { raw }), 400, { code: "invalid_json" });
    },
  },
  {
    section,
    rule: "JSON that is no object is 400",
    async run({ call }) {
      for (const raw of ["[]", "null", "1", '"x"', "true", '[{"platformId":1}]'])
        expectRefusal(await call("POST", path, { raw }), 400);
    },
  },
  {
    section,
    rule: "a body above 32 KiB is 413",
    async run({ call }) {
      for (const size of [33_000, 1_000_000]) {
        const raw = JSON.stringify({ platformId: 1, receiverData: { x: "y".repeat(size) } });
        expectRefusal(await call("POST", path, { raw }), 413, { code: "body_too_large" });
      }
    },
  },
  {
    section,
    rule: "a body nested thousands of levels deep is 400, and nothing worse",
    async run({ call }) {
      expectRefusal(await call("POST", path, { raw: nested("[", "]", 15_000) }), 400);
      expectRefusal(await call("POST", path, { raw: nested('{"a":', "}", 4_000).replace(":}", ":1}") }), 400);
      expectRefusal(await call("POST", path, { raw: nested("[", "", 15_000) }), 400);
    },
  },
  {
    section,
    rule: "__proto__ and constructor in a body do no harm",
    async run({ call, platformId }) {
      const raw = `{"platformId":${platformId},"__proto__":{"status":"x"},"constructor":{"prototype":{"a":1}},"receiverData":{"__proto__":{"a":1}}}`;
      const { status, text } = await call("POST", path, { raw });
      expectThat(status === 200 || status === 201, `status ${status}: ${text}`);
    },
  },
  {
    section,
    rule: "a path or method that does not exist is 404 in the error envelope",
    async run({ call }) {
      for (const [method, unknown] of [
        ["GET", "/partner/nothing"],
        ["GET", "/partner"],
        ["PUT", "/partner/browser-platforms"],
        ["PATCH", "/partner/browser-sessions"],
        ["GET", path],
      ] as const)
        expectRefusal(await call(method, unknown), 404, { code: "not_found" });
    },
  },
  {
    section,
    rule: "docUrl of an error leads to a page that has the code",
    async run({ call }) {
      const { docUrl, code } = expectRefusal(await call("POST", path, { body: {} }), 400);
      const url = new URL(String(docUrl));
      const { status, text } = await call("GET", url.pathname, { key: null });
      expectThat(status === 200 && url.hash === `#${String(code)}`, `${url.href} is ${status}`);
      expectThat(text.includes(`id="${String(code)}"`), `${url.pathname} does not have ${String(code)}`);
    },
  },
  {
    section,
    rule: "answers are JSON in UTF-8, carry x-request-id, and each its own",
    async run({ call }) {
      const [one, other] = [await call("GET", "/partner/browser-platforms"), await call("GET", "/partner/nothing")];
      for (const { headers } of [one, other])
        expectThat(headers.get("content-type") === "application/json; charset=utf-8", `${headers.get("content-type")}`);
      const ids = [one, other].map(({ headers }) => headers.get("x-request-id"));
      expectThat(ids[0] !== null && ids[1] !== null && ids[0] !== ids[1], "a request id is missing or stands twice");
    },
  },
];
