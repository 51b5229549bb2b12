import { startAttestor, type TestAttestor } from "@attestream/testkit";
import { pino } from "pino";
import { afterAll, beforeAll, expect, it } from "vitest";
import { AttestorLink } from "./attestor-link.ts";
import { createAttestors } from "./attestors.ts";

const log = pino({ level: "silent" });
const wrongKid = "a".repeat(43);
let attestor: TestAttestor;
let kid = "";

beforeAll(async () => {
  attestor = await startAttestor({});
  const jwks = (await (await fetch(`${attestor.url}/.well-known/jwks.json`)).json()) as { keys: { kid: string }[] };
  kid = jwks.keys[0]?.kid ?? "";
});
afterAll(() => attestor?.[Symbol.asyncDispose]());

const reach = (addresses: { url: string; kid?: string; platforms?: string[] }[], token = attestor.token) =>
  createAttestors({ addresses, tokens: [token], ca: undefined, now: () => performance.now(), log }).reach("bank");

it("is made with the pinned key, and with no other", async () => {
  const link = await reach([{ url: attestor.url, kid }]);
  if (typeof link === "string") throw new Error(link);
  expect((await link.open()).kid).toBe(kid);
  link.close();
  expect(await reach([{ url: attestor.url, kid: wrongKid }])).toBe("attestor_key");
});

it("is made with the first that answers and is for this platform", async () => {
  const { url } = attestor;
  const link = await reach([{ url: `${url}/`, platforms: ["other"] }, { url: "http://127.0.0.1:9" }, { url }]);
  if (typeof link === "string") throw new Error(link);
  expect(link.address.url).toBe(url);
  link.close();
  expect(await reach([{ url, platforms: ["other"] }])).toBe("no_attestor");
  expect(await reach([])).toBe("no_attestor");
  expect(await reach([{ url: "http://127.0.0.1:9" }])).toBe("attestor_unavailable");
  // It does not believe who does not know the token.
  expect(await reach([{ url }], "another-token-0123456789")).toBe("attestor_unavailable");
});

it("says what it was refused for, and that it is gone when it is", async () => {
  const link = new AttestorLink({ address: { url: attestor.url }, token: attestor.token, ca: undefined, log });
  const target = { session: "0".repeat(64), host: "bank.test", address: "10.0.0.1", port: 443 };
  await expect(link.ask({ type: "ticket.asked", ...target })).rejects.toMatchObject({ code: "address_refused" });
  await attestor.stop();
  await expect(link.ask({ type: "ticket.asked", ...target })).rejects.toMatchObject({ reason: "unreachable" });
});
