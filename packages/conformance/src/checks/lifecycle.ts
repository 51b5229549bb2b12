import { createSession, getSession, need, type Check, type CheckContext, type Ending } from "../check.ts";
import { expectRefusal, expectShape, expectSuccess, expectThat, show, type Fields } from "../expect.ts";

const section = "Session Lifecycle";
const endings = ["COMPLETED", "PARTIAL_COMPLETE", "ERROR", "CANCELLED", "TERMINATED"] as const;

async function ended(context: CheckContext, as: Ending | "TERMINATED", fields: Fields = {}): Promise<Fields> {
  const created = await createSession(context, fields);
  if (as === "TERMINATED")
    expectSuccess(await context.call("POST", `/partner/browser-session/${created.sessionId}/terminate`));
  else await need(context.endUser, "someone to be the end user").end(created, as);
  const session = await getSession(context, created.sessionId);
  expectThat(session["status"] === as, `the session ended as ${show(session["status"])}`);
  return session;
}

export const lifecycleChecks: Check[] = [
  ...endings.flatMap((status): Check[] => {
    const hasData = status === "COMPLETED" || status === "PARTIAL_COMPLETE";
    return [
      {
        section,
        rule: `${status}: completedAt is a time, not before createdAt`,
        async run(context) {
          const session = expectShape(await ended(context, status), { completedAt: "time" }, "session");
          expectThat(String(session["completedAt"]) >= String(session["createdAt"]), "it ended before it began");
        },
      },
      {
        section,
        rule: `${status}: errorMessage and errorCode are ${status === "ERROR" ? "strings" : "null"}`,
        async run(context) {
          const session = await ended(context, status);
          for (const field of ["errorMessage", "errorCode"])
            expectThat(
              status === "ERROR"
                ? typeof session[field] === "string" && session[field] !== ""
                : session[field] === null,
              `${field} is ${show(session[field])}`,
            );
        },
      },
      {
        section,
        rule: `${status}: extractedData is ${hasData ? "an object with the data" : "null"}`,
        async run(context) {
          const { extractedData } = await ended(context, status);
          if (hasData) expectThat(Object.keys(Object(extractedData)).length > 0, `it is ${show(extractedData)}`);
          else expectThat(extractedData === null, `it is ${show(extractedData)}`);
        },
      },
      {
        section,
        rule: `${status}: hasAttestation is ${status === "COMPLETED" ? "true, and the attestation can be had" : "true or absent, and says whether the attestation can be had"}`,
        async run(context) {
          const session = await ended(context, status);
          const { hasAttestation } = session;
          if (status === "COMPLETED") expectThat(hasAttestation === true, `it is ${show(hasAttestation)}`);
          else expectThat(hasAttestation === true || !("hasAttestation" in session), `it is ${show(hasAttestation)}`);
          if (!hasData) expectThat(hasAttestation === undefined, "there is an attestation of nothing");
          const answer = await context.call(
            "GET",
            `/partner/browser-session/${String(session["sessionId"])}/attestation`,
          );
          if (hasAttestation === true) expectShape(expectSuccess(answer), { attestation: "string" }, "attestation");
          else expectRefusal(answer, 404);
        },
      },
      {
        section,
        rule: `${status}: streamUrl is null, embedUrl has no token, progress is within 0 and 100`,
        async run(context) {
          const { streamUrl, embedUrl, progress } = await ended(context, status);
          expectThat(streamUrl === null, `streamUrl is ${show(streamUrl)}`);
          expectThat(!String(embedUrl).includes("token"), "embedUrl has a token");
          expectThat(Number(progress) >= 0 && Number(progress) <= 100, `progress is ${show(progress)}`);
          if (status === "COMPLETED") expectThat(progress === 100, `progress is ${show(progress)}`);
        },
      },
      {
        section,
        rule: `${status}: the status stays, whatever is asked of the session`,
        async run(context) {
          const session = await ended(context, status);
          const path = `/partner/browser-session/${String(session["sessionId"])}`;
          const again = await context.call("POST", `${path}/terminate`);
          if (status === "TERMINATED") expectSuccess(again);
          else expectRefusal(again, 409);
          const after = await getSession(context, String(session["sessionId"]));
          expectThat(after["status"] === status && after["completedAt"] === session["completedAt"], "it changed");
        },
      },
      {
        section: "Webhooks",
        rule: `${status}: the documented payload arrives, once, signed, and says what GET says`,
        async run(context) {
          const inbox = need(context.inbox, "an address for webhooks");
          const session = await ended(context, status, { webhookUrl: inbox.url, externalReferenceId: `ref ${status}` });
          const id = String(session["sessionId"]);
          const { body, headers } = await inbox.first(id);
          expectShape(body, { sessionId: "uuid", status: "string", completedAt: "time" }, "payload");
          for (const field of ["sessionId", "status", "completedAt", "externalReferenceId"])
            expectThat(body[field] === session[field], `${field} is ${show(body[field])}, not ${show(session[field])}`);
          expectThat(
            JSON.stringify(body["extractedData"]) === JSON.stringify(session["extractedData"]),
            `extractedData is ${show(body["extractedData"])}`,
          );
          expectThat(headers["content-type"]?.startsWith("application/json") ?? false, "it is not JSON");
          for (const name of ["webhook-id", "webhook-timestamp", "webhook-signature"])
            expectThat((headers[name] ?? "") !== "", `the header ${name} is missing`);
          expectThat(inbox.count(id) === 1, `it arrived ${inbox.count(id)} times`);
        },
      },
    ];
  }),
  {
    section,
    rule: "while a worker holds the session: streamUrl is a WebSocket URL, nothing says that it ended",
    async run(context) {
      const created = await createSession(context);
      await need(context.endUser, "someone to be the end user").start(created);
      const session = expectShape(await getSession(context, created.sessionId), { streamUrl: "url" }, "session");
      expectThat(/^wss?:/.test(String(session["streamUrl"])), `streamUrl is ${show(session["streamUrl"])}`);
      for (const field of ["completedAt", "errorMessage", "errorCode", "extractedData"])
        expectThat(session[field] === null, `${field} is ${show(session[field])}`);
      expectThat(!String(session["embedUrl"]).includes("token"), "a connected session can be entered again");
      expectSuccess(await context.call("POST", `/partner/browser-session/${created.sessionId}/terminate`));
    },
  },
  {
    section: "Webhooks",
    rule: "without externalReferenceId on create there is none in the payload",
    async run(context) {
      const inbox = need(context.inbox, "an address for webhooks");
      const session = await ended(context, "TERMINATED", { webhookUrl: inbox.url });
      const { body } = await inbox.first(String(session["sessionId"]));
      expectThat(!("externalReferenceId" in body), `it is ${show(body["externalReferenceId"])}`);
    },
  },
];
