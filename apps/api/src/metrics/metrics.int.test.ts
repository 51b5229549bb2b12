import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startTestApi, type TestApi } from "../test-support/start-test-api.ts";
import { startWorkerOf } from "../test-support/worker-of.ts";
import { createCounter, renderFamilies } from "./metric-family.ts";

const token = "token-of-the-metrics-tests";

describe("with a token", () => {
  let test: TestApi;
  beforeAll(async () => {
    test = await startTestApi({ METRICS_TOKEN: token });
  });
  afterAll(() => test[Symbol.asyncDispose]());

  async function read(): Promise<Map<string, number>> {
    const response = await fetch(`http://127.0.0.1:${test.api.port}/metrics`, {
      headers: { authorization: `Bearer ${token}` },
    });
    expect(response.headers.get("content-type")).toBe("text/plain; version=0.0.4; charset=utf-8");
    const lines = (await response.text()).split("\n").filter((line) => line !== "" && !line.startsWith("#"));
    for (const line of lines) expect(line).toMatch(/^[a-z_]+(\{([a-z]+="[^"]*",?)+\})? -?[\d.e+-]+$/);
    return new Map(lines.map((line) => [line.slice(0, line.lastIndexOf(" ")), Number(line.split(" ").at(-1))]));
  }

  it("tells what stands and what was done", async () => {
    const worker = await startWorkerOf(test, { auto: { viewer: true }, isolationLevel: "L2", capacity: 3 });
    const id = await test.createSession();
    await test.reached(id, "COMPLETED");
    await test.call("GET", `/partner/browser-session/${id}`);
    await test.call("DELETE", `/partner/browser-session/${id}/data`);
    await fetch(`http://127.0.0.1:${test.api.port}/made-up/${id}`);
    const metrics = await read();
    expect(Object.fromEntries(metrics)).toMatchObject({
      'attestream_sessions{status="RUNNING"}': 0,
      'attestream_workers{isolation="L2"}': 1,
      'attestream_workers{isolation="L1"}': 0,
      'attestream_slots{isolation="L2"}': 3,
      attestream_webhooks_pending: 0,
      attestream_log_entries: 1,
      'attestream_sessions_ended_total{status="COMPLETED",reason=""}': 1,
      'attestream_attestations_total{mode="signed"}': 1,
      'attestream_http_requests_total{method="GET",route="/partner/browser-session/:id",status="200"}': 1,
      'attestream_http_requests_total{method="GET",route="none",status="404"}': 1,
    });
    expect(metrics.get("process_resident_memory_bytes")).toBeGreaterThan(1e6);
    expect([...metrics.keys()].join()).not.toContain(id);
    await worker.stop();
  });

  it("tells nobody else", async () => {
    for (const headers of [{}, { authorization: "Bearer wrong" }, { "x-api-key": token }]) {
      const answer = await test.call("GET", "/metrics", { key: null, headers });
      expect([answer.status, answer.body.error?.["code"]]).toEqual([403, "metrics_refused"]);
    }
  });
});

it("without a token: this machine, and nobody who comes through a proxy", async () => {
  await using test = await startTestApi();
  expect((await test.call("GET", "/metrics", { key: null })).status).toBe(200);
  for (const name of ["x-forwarded-for", "forwarded", "via"])
    expect((await test.call("GET", "/metrics", { key: null, headers: { [name]: "for=127.0.0.1" } })).status).toBe(403);
});

it("labels cannot break out of their line", () => {
  const counter = createCounter("a_total", "A\nb");
  counter.add({ x: 'a"\\\nb' });
  counter.add({ x: 'a"\\\nb' }, 2);
  expect(renderFamilies([counter.family()])).toBe(
    '# HELP a_total A\\nb\n# TYPE a_total counter\na_total{x="a\\"\\\\\\nb"} 3\n',
  );
});
