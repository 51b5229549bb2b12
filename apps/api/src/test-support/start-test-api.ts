import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createAnswerCheck, type Document } from "@attestream/conformance";
import type { SessionStatus } from "@attestream/shared";
import { loadConfig } from "../config.ts";
import { createApi, type Api } from "../create-api.ts";
import { silentLog } from "../http/log.ts";
import type { SessionRow } from "../storage/schema.ts";
import { openApiDocument } from "../openapi/openapi-document.ts";
import { databaseTemplate } from "../storage/database-template.ts";
import { createTestClock, type TestClock } from "./test-clock.ts";

export const testKey = "test-bootstrap-key-0123456789";

// Through JSON, as it goes over the wire; its own tests say that it is an OpenAPI document.
const check = createAnswerCheck(JSON.parse(JSON.stringify(openApiDocument("http://localhost"))) as Document);

/** A platform that parses; the fake worker never opens it. */
export const samplePlatform = (name: string, more = "") => `format: platform/1
name: ${name}
displayName: Sample ${name}
loginUrl: https://${name}.example.com/login
version: "1.0.0"
allow: [${name}.example.com]
${more}
screens:
  - id: home
    when: { url: "/**" }
    then: collect
collect:
  - id: account
    open: /account
    read:
      accountHolder: { css: "h1" }
`;

export interface Answer {
  status: number;
  headers: Headers;
  // Tests look into what came; wrong shapes fail their expectations.
  body: {
    status?: string;
    data?: Record<string, never> & { [key: string]: unknown };
    error?: { [key: string]: unknown };
  };
}

export interface TestApi extends AsyncDisposable {
  api: Api;
  clock: TestClock;
  dataDir: string;
  platformsDir: string;
  /** With the test key unless another is given. Throws when the answer is not as the OpenAPI document says. */
  call(
    method: string,
    path: string,
    options?: { body?: unknown; key?: string | null; headers?: Record<string, string>; raw?: string },
  ): Promise<Answer>;
  createSession(body?: Record<string, unknown>): Promise<string>;
  /** Resolves when the session has that status; rejects when it ends otherwise. */
  reached(sessionId: string, status: SessionStatus): Promise<SessionRow>;
  /** Stops the API and starts it again on the same data. */
  restart(): Promise<void>;
}

/** The whole API on real sockets and a real database, with two sample platforms. */
export async function startTestApi(
  env: Record<string, string> = {},
  {
    platforms = {},
    ...options
  }: {
    timing?: { leaseMs?: number; heartbeatMs?: number };
    /** More of them, by name; the text is what their files have besides. */
    platforms?: Record<string, string>;
  } = {},
): Promise<TestApi> {
  const home = mkdtempSync(join(tmpdir(), "attestream-api-"));
  const platformsDir = join(home, "platforms");
  for (const [name, more] of Object.entries({ "sample-bank": "sandbox: true", "real-bank": "", ...platforms })) {
    mkdirSync(join(platformsDir, name), { recursive: true });
    writeFileSync(join(platformsDir, name, "platform.yaml"), samplePlatform(name, more));
  }
  const dataDir = join(home, "data");
  const clock = createTestClock();
  const config = {
    ...loadConfig({ PORT: "0", DATA_DIR: dataDir, BOOTSTRAP_API_KEY: testKey, LOG_LEVEL: "silent", ...env }),
    platformsDirs: [platformsDir],
  };
  const open = () => createApi({ config, log: silentLog, clock, template: databaseTemplate, ...options });
  let api = await open();

  async function call(
    method: string,
    path: string,
    given: { body?: unknown; key?: string | null; headers?: Record<string, string>; raw?: string } = {},
  ): Promise<Answer> {
    const body = given.raw ?? (given.body === undefined ? undefined : JSON.stringify(given.body));
    const response = await fetch(`http://127.0.0.1:${api.port}${path}`, {
      method,
      headers: {
        ...(given.key === null ? {} : { "x-api-key": given.key ?? testKey }),
        ...(body === undefined ? {} : { "content-type": "application/json" }),
        ...given.headers,
      },
      ...(body === undefined ? {} : { body }),
    });
    const text = await response.text();
    const answer = {
      status: response.status,
      headers: response.headers,
      body: text.startsWith("{") ? JSON.parse(text) : {},
    };
    const contentType = response.headers.get("content-type");
    const problem = check({ ...answer, method, path: path.split("?", 1)[0] ?? "", contentType });
    if (problem !== null) throw new Error(`${problem} (see openapi/operations.ts)`);
    return answer;
  }

  return {
    get api() {
      return api;
    },
    clock,
    dataDir,
    platformsDir,
    call,
    async createSession(body = {}) {
      const answer = await call("POST", "/partner/browser-session", {
        body: { platformId: 1, consent: false, ...body },
      });
      if (answer.status !== 201) throw new Error(`Session was not created: ${JSON.stringify(answer.body)}`);
      return String(answer.body.data?.["sessionId"]);
    },
    async reached(sessionId, status) {
      const { promise, resolve, reject } = Promise.withResolvers<SessionRow>();
      const look = (session: SessionRow | null) => {
        if (session?.id !== sessionId) return;
        if (session.status === status) resolve(session);
        else if (session.completed_at !== null)
          reject(new Error(`Session ended as ${session.status} (${session.reason_code}), not as ${status}`));
      };
      const unsubscribe = api.sessions.onChange(look);
      look(await api.sessions.get(sessionId));
      return promise.finally(unsubscribe);
    },
    async restart() {
      await api.stop();
      api = await open();
    },
    async [Symbol.asyncDispose]() {
      await api.stop();
      rmSync(home, { recursive: true, force: true });
    },
  };
}
