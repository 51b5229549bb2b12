import { createSession, need, type Check, type CheckContext } from "../check.ts";
import { expectRefusal, expectShape, expectSuccess, expectThat, show, type Fields, type Shape } from "../expect.ts";

const section = "List Browser Sessions";
const path = "/partner/browser-sessions";
const itemShape: Shape = {
  sessionId: "uuid",
  status: "string",
  platformId: "number",
  createdAt: "time",
  completedAt: "time|null",
};
const statuses =
  "CREATED INITIALIZING READY CONNECTED LOADING_TREE RUNNING AWAITING_USER COLLECTING_DATA VERIFYING COMPLETED PARTIAL_COMPLETE ERROR CANCELLED TERMINATED".split(
    " ",
  );

interface List extends Fields {
  sessions: Fields[];
  total: number;
  limit: number;
  offset: number;
}

async function list(context: CheckContext, query = "", key?: string): Promise<List> {
  const answer = await context.call("GET", path + query, key === undefined ? {} : { key });
  return expectShape(
    expectSuccess(answer),
    { sessions: "array", total: "integer", limit: "integer", offset: "integer" },
    "list",
  ) as List;
}

const refusedQueries: [param: string, what: string, queries: string[]][] = [
  ["limit", "outside 1–100", ["limit=0", "limit=101", "limit=-1", "limit=1e9"]],
  ["limit", "not a whole number", ["limit=x", "limit=1.5", "limit=NaN", "limit=", "limit=0x10", "limit=%20"]],
  ["offset", "negative", ["offset=-1"]],
  ["offset", "not a whole number", ["offset=x", "offset=0.5", "offset=", "offset=1e400"]],
  ["status", "not one of the lifecycle's", ["status=DONE", "status=completed", "status=", "status=COMPLETED,ERROR"]],
];

export const listChecks: Check[] = [
  {
    section,
    rule: "data has sessions, total, limit and offset; limit is 20 and offset 0 when not given",
    async run(context) {
      const { limit, offset } = await list(context);
      expectThat(limit === 20 && offset === 0, `limit is ${limit}, offset ${offset}`);
    },
  },
  ...Object.entries(itemShape).map(([field, kind]): Check => ({
    section,
    rule: `${field} is on every session of the list and ${kind.replace("|", " or ")}`,
    async run(context) {
      await createSession(context);
      const { sessions } = await list(context, "?limit=100");
      expectThat(sessions.length > 0, "the list is empty");
      for (const session of sessions) expectShape(session, { [field]: kind }, "session");
    },
  })),
  {
    section,
    rule: "no more than limit (20 when not given), and total counts them all",
    async run(context) {
      for (let count = 0; count < 21; count++) await createSession(context);
      const given = await list(context);
      expectThat(given.sessions.length === 20, `there are ${given.sessions.length}`);
      expectThat(given.total >= 21, `total is ${given.total}`);
      for (const limit of [1, 2, 100]) {
        const page = await list(context, `?limit=${limit}`);
        expectThat(
          page.limit === limit && page.sessions.length <= limit,
          `limit ${limit} gave ${page.sessions.length}`,
        );
      }
    },
  },
  {
    section,
    rule: "offset skips: pages do not overlap, newest first, and beyond the end there is nothing",
    async run(context) {
      const ids: string[] = [];
      for (let count = 0; count < 3; count++) ids.unshift((await createSession(context)).sessionId);
      const pages = await Promise.all([0, 1, 2].map((offset) => list(context, `?limit=1&offset=${offset}`)));
      expectThat(
        pages.every(({ sessions, offset }, index) => sessions[0]?.["sessionId"] === ids[index] && offset === index),
        "the pages are not the last three sessions, newest first",
      );
      const beyond = await list(context, "?offset=1000000");
      expectThat(beyond.sessions.length === 0 && beyond.total > 0, "there is something beyond the end");
    },
  },
  {
    section,
    rule: "status filters, for each status of the lifecycle, and total is that of the filter",
    async run(context) {
      const { sessionId } = await createSession(context);
      expectSuccess(await context.call("POST", `/partner/browser-session/${sessionId}/terminate`));
      let sum = 0;
      for (const status of statuses) {
        const page = await list(context, `?limit=100&status=${status}`);
        const other = page.sessions.find((session) => session["status"] !== status);
        expectThat(other === undefined, `status=${status} gives one that is ${show(other?.["status"])}`);
        sum += page.total;
        if (status === "TERMINATED")
          expectThat(page.sessions[0]?.["sessionId"] === sessionId, "a terminated one is missing");
      }
      const { total } = await list(context);
      expectThat(sum === total, `the totals of all statuses make ${sum}, not ${total}`);
    },
  },
  ...refusedQueries.map(([param, what, queries]): Check => ({
    section,
    rule: `${param} ${what} is 400 and named`,
    async run({ call }) {
      for (const query of queries) expectRefusal(await call("GET", `${path}?${query}`), 400, { param });
    },
  })),
  {
    section,
    rule: "a parameter given twice is 400, and nothing worse",
    async run({ call }) {
      for (const query of ["limit=1&limit=2", "status=ERROR&status=CREATED"])
        expectRefusal(await call("GET", `${path}?${query}`), 400);
    },
  },
  {
    section,
    rule: "other parameters change nothing",
    async run(context) {
      const { limit } = await list(context, "?surprise=1&sort=asc&__proto__=1");
      expectThat(limit === 20, `limit is ${limit}`);
    },
  },
  {
    section,
    rule: "another partner's sessions are not in it",
    async run(context) {
      const key = need(context.otherKey, "the key of another partner");
      const { sessionId } = await createSession(context);
      const { sessions } = await list(context, "?limit=100", key);
      expectThat(!sessions.some((session) => session["sessionId"] === sessionId), "another partner sees it");
    },
  },
];
