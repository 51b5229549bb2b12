import type { Check, CheckContext } from "../check.ts";
import type { Answer } from "../client.ts";
import { expectRefusal, expectSuccess, expectThat } from "../expect.ts";

const section = "Rate Limits";

interface Limit {
  name: string;
  quota: number;
  window: number;
  left: number;
}

function limitOf({ headers }: Answer): Limit {
  const policy = /^"([^"]+)";q=(\d+);w=(\d+)$/.exec(headers.get("ratelimit-policy") ?? "");
  const left = /^"([^"]+)";r=(\d+);t=\d+$/.exec(headers.get("ratelimit") ?? "");
  expectThat(policy !== null, `RateLimit-Policy is ${headers.get("ratelimit-policy")}`);
  expectThat(left !== null && left[1] === policy[1], `RateLimit is ${headers.get("ratelimit")}`);
  return { name: policy[1] ?? "", quota: Number(policy[2]), window: Number(policy[3]), left: Number(left[2]) };
}

/** Asks until it is refused; gives the refusal and how many were let through. */
async function exhaust({ call }: CheckContext, ask: (call: CheckContext["call"]) => Promise<Answer>, most: number) {
  for (let passed = 0; passed <= most; passed++) {
    const answer = await ask(call);
    if (answer.status === 429) return { passed, answer };
  }
  return { passed: most + 1, answer: null };
}

function expectLimited(answer: Answer | null): void {
  expectThat(answer !== null, "it was never refused");
  const error = expectRefusal(answer, 429, { code: "rate_limited" });
  expectThat(error["retriable"] === true, "it does not say that it can be tried again");
  const wait = Number(answer.headers.get("retry-after"));
  expectThat(Number.isInteger(wait) && wait >= 1 && wait <= 60, `Retry-After is ${answer.headers.get("retry-after")}`);
}

const createNothing = (call: CheckContext["call"]) =>
  call("POST", "/partner/browser-session", { body: {}, expectLimit: true });
const read = (call: CheckContext["call"]) => call("GET", "/partner/browser-platforms", { expectLimit: true });

export const rateLimitChecks: Check[] = [
  {
    section,
    rule: "every answer tells the limit and what is left of it, which goes down",
    async run({ call }) {
      const [one, other] = [await read(call), await read(call)].map(limitOf);
      expectThat(one !== undefined && other !== undefined && other.left < one.left, "what is left does not go down");
      expectThat(other.window === 60, `the window is ${other.window} s`);
    },
  },
  {
    section,
    rule: "creating sessions has a limit of its own: 30 per 60 s, then 429 with Retry-After",
    exhausting: true,
    async run(context) {
      const { quota, window, left } = limitOf(await createNothing(context.call));
      expectThat(quota === 30 && window === 60, `it is ${quota} per ${window} s`);
      const { passed, answer } = await exhaust(context, createNothing, left);
      expectLimited(answer);
      expectThat(passed === left, `${passed} were let through where ${left} were left`);
    },
  },
  {
    section,
    rule: "requests are limited to 120 per 60 s and key, then 429 with Retry-After",
    exhausting: true,
    async run(context) {
      const { quota, window, left } = limitOf(await read(context.call));
      expectThat(quota === 120 && window === 60, `it is ${quota} per ${window} s`);
      const { passed, answer } = await exhaust(context, read, left);
      expectLimited(answer);
      expectThat(passed === left, `${passed} were let through where ${left} were left`);
    },
  },
  {
    section,
    rule: "one key's limit is not another's",
    exhausting: true,
    async run(context) {
      await exhaust(context, read, 120);
      const key = context.otherKey;
      if (key !== undefined) expectSuccess(await context.call("GET", "/partner/browser-platforms", { key }));
    },
  },
];
