import { expect, it } from "vitest";
import { startTestApi } from "../test-support/start-test-api.ts";

it.each([
  ["of any form", "a-key-of-twenty-char"],
  ["that looks like one of ours but has no checksum", "as_test_bootstrap_0123456789"],
  ["that has the whole form of ours and a wrong checksum", `as_live_abcdefgh_${"x".repeat(49)}`],
])("a bootstrap key %s is taken as given", async (_form, key) => {
  await using api = await startTestApi({ BOOTSTRAP_API_KEY: key });
  expect((await api.call("GET", "/partner/browser-platforms", { key })).status).toBe(200);
  expect((await api.call("GET", "/partner/browser-platforms", { key: `${key.slice(0, -1)}!` })).status).toBe(401);
});
