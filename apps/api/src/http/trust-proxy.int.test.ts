import { expect, it } from "vitest";
import { startTestApi } from "../test-support/start-test-api.ts";

const guess = (address: string) => ({ key: "a-guessed-key-0123456789", headers: { "x-forwarded-for": address } });

it.each([
  ["0", 429],
  ["1", 401],
  ["loopback", 401],
])("with TRUST_PROXY=%s, guesses said to come from elsewhere are answered with %i", async (setting, expected) => {
  await using test = await startTestApi({ TRUST_PROXY: setting });
  // As many as an address may refuse a minute, and one.
  for (let time = 0; time < 60; time++) await test.call("GET", "/partner/browser-sessions", guess("203.0.113.7"));
  expect((await test.call("GET", "/partner/browser-sessions", guess("203.0.113.8"))).status).toBe(expected);
  const same = await test.call("GET", "/partner/browser-sessions", guess("203.0.113.7"));
  expect(same.status).toBe(429);
});
