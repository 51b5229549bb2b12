import { createSession, getSession, need, type Check } from "../check.ts";
import { expectRefusal, expectShape, expectSuccess, expectThat, show, type Shape } from "../expect.ts";

const section = "Get Browser Session";
const shape: Shape = {
  sessionId: "uuid",
  status: "string",
  progress: "number",
  embedUrl: "url",
  streamUrl: "url|null",
  platformId: "number",
  platform: "object",
  expiresAt: "time",
  createdAt: "time",
  completedAt: "time|null",
  errorMessage: "string|null",
  errorCode: "string|null",
  extractedData: "object|null",
};
const platformShape: Shape = {
  id: "number",
  name: "string",
  displayName: "string",
  icon: "string|null",
  loginUrl: "url",
};

const oddIds = [
  "x",
  "1",
  "null",
  "undefined",
  "00000000-0000-4000-8000-000000000000",
  "00000000-0000-4000-8000-00000000000g",
  "%00",
  "%F0%9F%A6%8A",
  "..%2f..%2fetc%2fpasswd",
  "'%20or%201=1--",
  "a".repeat(5000),
  "{id}",
];

export const getChecks: Check[] = [
  ...Object.entries(shape).map(([field, kind]): Check => ({
    section,
    rule: `${field} is there on a new session and ${kind.replace("|", " or ")}`,
    async run(context) {
      const { sessionId } = await createSession(context);
      expectShape(await getSession(context, sessionId), { [field]: kind }, "session");
    },
  })),
  ...Object.entries(platformShape).map(([field, kind]): Check => ({
    section,
    rule: `platform.${field} is there, ${kind.replace("|", " or ")}, and that of the platforms endpoint`,
    async run(context) {
      const { sessionId } = await createSession(context);
      const { platform } = await getSession(context, sessionId);
      const own = expectShape(platform, { [field]: kind }, "platform");
      const all = expectSuccess(await context.call("GET", "/partner/browser-platforms")) as Record<string, unknown>[];
      const listed = all.find(({ id }) => id === context.platformId);
      expectThat(own[field] === listed?.[field], `it is ${show(own[field])}, not ${show(listed?.[field])}`);
    },
  })),
  {
    section,
    rule: "a new session says what its creation said",
    async run(context) {
      const created = await createSession(context, { externalReferenceId: "ref-1" });
      const got = await getSession(context, created.sessionId);
      for (const field of ["sessionId", "platformId", "createdAt", "expiresAt", "externalReferenceId"])
        expectThat(got[field] === created[field], `${field} is ${show(got[field])}, not ${show(created[field])}`);
    },
  },
  {
    section,
    rule: "progress is within 0 and 100",
    async run(context) {
      const { sessionId } = await createSession(context);
      const progress = Number((await getSession(context, sessionId))["progress"]);
      expectThat(progress >= 0 && progress <= 100, `progress is ${progress}`);
    },
  },
  {
    section,
    rule: "completedAt, errorMessage, errorCode, extractedData are null and hasAttestation absent before the end",
    async run(context) {
      const { sessionId } = await createSession(context);
      const session = await getSession(context, sessionId);
      for (const field of ["completedAt", "errorMessage", "errorCode", "extractedData"])
        expectThat(session[field] === null, `${field} is ${show(session[field])}`);
      expectThat(!("hasAttestation" in session), "hasAttestation is there");
      expectThat(!("attestation" in session), "the attestation itself is there");
    },
  },
  {
    section,
    rule: "an unknown or odd id is 404, and nothing worse",
    async run({ call }) {
      for (const id of oddIds) {
        const answer = await call("GET", `/partner/browser-session/${id}`);
        expectRefusal(answer, 404);
      }
    },
  },
  {
    section,
    rule: "an id with malformed percent-encoding is 400",
    async run({ call }) {
      for (const id of ["%", "%zz", "%E0%A4%A"])
        expectRefusal(await call("GET", `/partner/browser-session/${id}`), 400);
    },
  },
  {
    section,
    rule: "the id may be written in capitals",
    async run(context) {
      const { sessionId } = await createSession(context);
      const session = await getSession(context, sessionId.toUpperCase());
      expectThat(session["sessionId"] === sessionId, `sessionId is ${show(session["sessionId"])}`);
    },
  },
  {
    section,
    rule: "another partner's session is 404, as if it were not there, for every operation on it",
    async run(context) {
      const key = need(context.otherKey, "the key of another partner");
      const { sessionId } = await createSession(context);
      const path = `/partner/browser-session/${sessionId}`;
      const missing = "/partner/browser-session/00000000-0000-4000-8000-000000000000";
      for (const [method, tail] of [
        ["GET", ""],
        ["GET", "/attestation"],
        ["POST", "/terminate"],
        ["GET", "/events"],
        ["DELETE", "/data"],
      ] as const) {
        const hidden = expectRefusal(await context.call(method, path + tail, { key }), 404);
        const absent = expectRefusal(await context.call(method, missing + tail, { key }), 404);
        expectThat(hidden["code"] === absent["code"] && hidden["message"] === absent["message"], "the two differ");
      }
      expectThat((await getSession(context, sessionId))["status"] !== "TERMINATED", "it was terminated all the same");
    },
  },
];
