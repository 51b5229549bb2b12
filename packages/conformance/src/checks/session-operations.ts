import { createHash } from "node:crypto";
import { createSession, getSession, need, type Check, type CheckContext } from "../check.ts";
import { expectRefusal, expectShape, expectSuccess, expectThat, show, type Fields } from "../expect.ts";

const pathOf = (sessionId: unknown, tail = "") => `/partner/browser-session/${String(sessionId)}${tail}`;
const stream = { accept: "text/event-stream" };

async function terminated(context: CheckContext, fields: Fields = {}): Promise<string> {
  const { sessionId } = await createSession(context, fields);
  expectSuccess(await context.call("POST", pathOf(sessionId, "/terminate")));
  return sessionId;
}

async function completed(context: CheckContext, fields: Fields = {}): Promise<string> {
  const created = await createSession(context, fields);
  await need(context.endUser, "someone to be the end user").end(created, "COMPLETED");
  return created.sessionId;
}

async function eventsOf(context: CheckContext, sessionId: string, query = ""): Promise<Fields[]> {
  const page = expectShape(
    expectSuccess(await context.call("GET", pathOf(sessionId, `/events${query}`))),
    { sessionId: "uuid", events: "array", hasMore: "boolean" },
    "data",
  );
  return page["events"] as Fields[];
}

/** Ids and data of a stream that has ended. */
function readStream(text: string): { id: string; data: Fields }[] {
  return text
    .split("\n\n")
    .filter((block) => block.includes("data:"))
    .map((block) => ({
      id: /^id: ?(.*)$/m.exec(block)?.[1] ?? "",
      data: JSON.parse(/^data: ?(.*)$/m.exec(block)?.[1] ?? "null") as Fields,
    }));
}

export const sessionOperationChecks: Check[] = [
  {
    section: "Terminate",
    rule: "ends a session as TERMINATED with its reason; said again, the answer is the same",
    async run(context) {
      const { sessionId } = await createSession(context);
      const answers: Fields[] = [];
      for (let time = 0; time < 2; time++)
        answers.push(expectSuccess(await context.call("POST", pathOf(sessionId, "/terminate"))) as Fields);
      for (const answer of answers) {
        expectThat(answer["status"] === "TERMINATED", `status is ${show(answer["status"])}`);
        const reason = expectShape(
          answer["statusReason"],
          { code: "string", category: "string", retriable: "boolean" },
          "statusReason",
        );
        expectThat(reason["code"] === "TERMINATED_BY_PARTNER", `the reason is ${show(reason["code"])}`);
      }
      expectThat(answers[0]?.["completedAt"] === answers[1]?.["completedAt"], "completedAt changed");
    },
  },
  {
    section: "Terminate",
    rule: "ends a session that is under way, at once",
    async run(context) {
      const created = await createSession(context);
      await need(context.endUser, "someone to be the end user").start(created);
      expectSuccess(await context.call("POST", pathOf(created.sessionId, "/terminate")));
      const { status, streamUrl } = await getSession(context, created.sessionId);
      expectThat(status === "TERMINATED" && streamUrl === null, `it is ${show(status)} with ${show(streamUrl)}`);
    },
  },
  {
    section: "Events",
    rule: "are the session's log, oldest first: seq, type, status and at of each",
    async run(context) {
      const events = await eventsOf(context, await terminated(context));
      for (const event of events)
        expectShape(event, { seq: "integer", type: "string", status: "string", at: "time" }, "event");
      const [first, last] = [events[0], events.at(-1)];
      expectThat(first?.["type"] === "session.created" && first["status"] === "CREATED", `begins with ${show(first)}`);
      expectThat(last?.["status"] === "TERMINATED", `ends with ${show(last)}`);
      for (const [index, { seq, at }] of events.entries()) {
        const before = events[index - 1];
        if (before === undefined) continue;
        expectThat(Number(seq) > Number(before["seq"]) && String(at) >= String(before["at"]), "they are out of order");
      }
    },
  },
  {
    section: "Events",
    rule: "limit and after page through them; hasMore says whether there are more",
    async run(context) {
      const sessionId = await terminated(context);
      const all = await eventsOf(context, sessionId);
      const paged: Fields[] = [];
      for (let more = true; more;) {
        const after = paged.at(-1)?.["seq"] ?? 0;
        const answer = await context.call("GET", pathOf(sessionId, `/events?limit=1&after=${String(after)}`));
        const { events, hasMore } = expectSuccess(answer) as { events: Fields[]; hasMore: boolean };
        expectThat(events.length === 1, `a page of one has ${events.length}`);
        paged.push(...events);
        more = hasMore;
      }
      expectThat(JSON.stringify(paged) === JSON.stringify(all), "the pages are not the whole");
    },
  },
  ...["limit=0", "limit=501", "limit=x", "after=-1", "after=1.5"].map((query): Check => ({
    section: "Events",
    rule: `${query} is 400 and named`,
    async run(context) {
      const { sessionId } = await createSession(context);
      expectRefusal(await context.call("GET", pathOf(sessionId, `/events?${query}`)), 400, {
        param: query.split("=", 1)[0] ?? "",
      });
    },
  })),
  {
    section: "Events",
    rule: "with Accept: text/event-stream they come as server-sent events, and the stream ends with the session",
    async run(context) {
      const { sessionId } = await createSession(context);
      const streaming = context.call("GET", pathOf(sessionId, "/events"), { headers: stream });
      expectSuccess(await context.call("POST", pathOf(sessionId, "/terminate")));
      const answer = await streaming;
      expectThat(answer.status === 200, `status ${answer.status}`);
      expectThat(
        answer.headers.get("content-type")?.startsWith("text/event-stream") ?? false,
        `it is ${answer.headers.get("content-type")}`,
      );
      const streamed = readStream(answer.text);
      expectThat(
        JSON.stringify(streamed.map(({ data }) => data)) === JSON.stringify(await eventsOf(context, sessionId)),
        "the stream is not the log",
      );
      for (const { id, data } of streamed) expectThat(id === String(data["seq"]), `the id of an event is ${id}`);
    },
  },
  {
    section: "Events",
    rule: "Last-Event-ID resumes the stream; after the last event it is 204",
    async run(context) {
      const sessionId = await terminated(context);
      const all = await eventsOf(context, sessionId);
      const resume = (event: Fields | undefined) =>
        context.call("GET", pathOf(sessionId, "/events"), {
          headers: { ...stream, "last-event-id": String(event?.["seq"]) },
        });
      const rest = readStream((await resume(all[0])).text).map(({ data }) => data);
      expectThat(JSON.stringify(rest) === JSON.stringify(all.slice(1)), "it did not go on after the first event");
      const { status } = await resume(all.at(-1));
      expectThat(status === 204, `status ${status} after the last event`);
    },
  },
  {
    section: "Attestation",
    rule: "has every documented field, proofHash is the SHA-256 of it, and its key is among those published",
    async run(context) {
      const answer = await context.call("GET", pathOf(await completed(context), "/attestation"));
      const { attestation, proofHash, jwksUrl, format } = expectShape(
        expectSuccess(answer),
        {
          sessionId: "uuid",
          format: "string",
          attestation: "string",
          proofHash: "string",
          issuer: "url",
          jwksUrl: "url",
          issuedAt: "time",
        },
        "data",
      );
      expectThat(format === "dc+sd-jwt", `format is ${show(format)}`);
      const hash = createHash("sha256").update(String(attestation)).digest("hex");
      expectThat(proofHash === hash, `proofHash is ${show(proofHash)}, not ${hash}`);
      const { kid } = JSON.parse(Buffer.from(String(attestation).split(".", 1)[0] ?? "", "base64url").toString());
      const jwks = await context.call("GET", new URL(String(jwksUrl)).pathname, { key: null });
      const { keys } = jwks.body as { keys: Fields[] };
      expectThat(
        keys.some((key) => key["kid"] === kid),
        `the key ${show(kid)} is not published`,
      );
      for (const key of keys) expectThat(!("d" in key), "a private key is published");
    },
  },
  {
    section: "Attestation",
    rule: "of a session without one is 404 attestation_absent, as is a credential that was not asked for",
    async run(context) {
      for (const sessionId of [(await createSession(context)).sessionId, await terminated(context)])
        expectRefusal(await context.call("GET", pathOf(sessionId, "/attestation")), 404, {
          code: "attestation_absent",
        });
      expectRefusal(await context.call("GET", pathOf((await createSession(context)).sessionId, "/credential")), 404, {
        code: "credential_absent",
      });
    },
  },
  {
    section: "Erase",
    rule: "of a session that has not ended is 409, and erases nothing",
    async run(context) {
      const { sessionId } = await createSession(context, { metadata: { a: 1 } });
      expectRefusal(await context.call("DELETE", pathOf(sessionId, "/data")), 409);
      expectThat("metadata" in (await getSession(context, sessionId)), "metadata is gone");
    },
  },
  {
    section: "Erase",
    rule: "removes data and attestation for good, keeps the record, and gives the same signed receipt every time",
    async run(context) {
      const sessionId = await completed(context, { metadata: { a: 1 }, externalReferenceId: "r" });
      const before = await getSession(context, sessionId);
      const erase = async () => expectSuccess(await context.call("DELETE", pathOf(sessionId, "/data"))) as Fields;
      const erasure = expectShape(await erase(), { sessionId: "uuid", erasedAt: "time", receipt: "string" }, "data");
      expectThat(String(erasure["receipt"]).split(".").length === 3, "the receipt is no JWS");
      expectThat(JSON.stringify(await erase()) === JSON.stringify(erasure), "asked again, it is another one");
      const after = await getSession(context, sessionId);
      expectThat(after["extractedData"] === null, "extractedData is still there");
      for (const field of ["hasAttestation", "metadata"]) expectThat(!(field in after), `${field} is still there`);
      for (const field of ["status", "createdAt", "completedAt", "externalReferenceId"])
        expectThat(after[field] === before[field], `${field} is ${show(after[field])}`);
      expectThat(after["dataErasedAt"] === erasure["erasedAt"], `dataErasedAt is ${show(after["dataErasedAt"])}`);
      expectRefusal(await context.call("GET", pathOf(sessionId, "/attestation")), 404);
    },
  },
];
