import { once } from "node:events";
import { Agent, request } from "node:http";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { embedded, postgres } from "../test-support/engines.ts";
import { startTestApi, type TestApi } from "../test-support/start-test-api.ts";

/** `TOKEN_RACES=100` is the whole proof. */
const races = Number(process.env["TOKEN_RACES"] ?? 2);
const racers = 200;

interface Finish {
  status: number;
  code: string | undefined;
  cookies: string[];
}

/** One racer; all of them share open connections, so that they arrive together and not as TCP lets them. */
async function post(agent: Agent, port: number, path: string, body: unknown, cookie?: string): Promise<Finish> {
  const outgoing = request({
    agent,
    host: "127.0.0.1",
    port,
    path,
    method: "POST",
    headers: {
      "content-type": "application/json",
      origin: `http://localhost:${port}`,
      ...(cookie === undefined ? {} : { cookie }),
    },
  });
  outgoing.end(JSON.stringify(body));
  const [response] = await once(outgoing, "response");
  const chunks: Buffer[] = [];
  for await (const chunk of response) chunks.push(chunk);
  const { error } = JSON.parse(Buffer.concat(chunks).toString());
  return { status: response.statusCode, code: error?.code, cookies: response.headers["set-cookie"] ?? [] };
}

describe.each([
  { engine: embedded, replicas: 1 },
  { engine: postgres(), replicas: 2 },
])(`${racers} that redeem one token at once, on $engine.name with $replicas API(s)`, ({ engine, replicas }) => {
  const undo = new AsyncDisposableStack();
  const apis: TestApi[] = [];
  const agent = new Agent({ keepAlive: true, maxSockets: racers });
  beforeAll(async () => {
    undo.defer(() => engine.stop());
    undo.defer(() => agent.destroy());
    const env = {
      ...(await engine.env()),
      MASTER_KEY: "a-master-key-for-tests-of-32-chars-or-more",
      RATE_LIMIT_CREATES: "1000",
      RATE_LIMIT_REQUESTS: "1000",
    };
    for (let count = 0; count < replicas; count++) apis.push(undo.use(await startTestApi(env)));
  });
  afterAll(() => undo.disposeAsync());

  it(`have one winner each time, ${races} times`, { timeout: 60_000 + races * 60_000 }, async () => {
    for (let race = 0; race < races; race++) {
      const [first] = apis;
      const made = await first!.call("POST", "/partner/browser-session", { body: { platformId: 1 } });
      const { sessionId, embedUrl } = made.body.data as unknown as { sessionId: string; embedUrl: string };
      const token = new URL(embedUrl).searchParams.get("token");
      const path = `/verify/${sessionId}`;
      const finishes = await Promise.all(
        Array.from({ length: racers }, (_, racer) =>
          post(agent, apis[racer % apis.length]!.api.port, `${path}/exchange`, { token }),
        ),
      );

      const places = Object.groupBy(finishes, ({ status, code }) => `${status} ${code ?? ""}`.trim());
      const counts = Object.fromEntries(Object.entries(places).map(([place, all = []]) => [place, all.length]));
      expect(counts).toEqual({ "200": 1, "410 embed_token_used": racers - 1 });
      const [winner] = places["200"]!;
      expect(finishes.flatMap(({ cookies }) => cookies)).toHaveLength(1);
      const { db } = first!.api.database;
      for (const table of ["viewers", "embed_tokens"] as const)
        expect(await db.selectFrom(table).selectAll().where("session_id", "=", sessionId).execute()).toHaveLength(1);
      // And the winner is who holds the session.
      const [cookie] = winner!.cookies[0]!.split(";");
      const last = apis.at(-1)!.api.port;
      expect((await post(agent, last, `${path}/resume`, {}, cookie)).status).toBe(200);
    }
  });
});
