import { expect, it } from "vitest";
import { platformDefinitionSchema } from "../schema/index.ts";
import type { ProofPort } from "./proof-port.ts";
import { runTree } from "./run-tree.ts";
import { createFakeClock, createFakeSite, type FakePage } from "./testing/fake-site.ts";
import { TreeFailure } from "./tree-failure.ts";

const origin = "https://bank.test";
const account = { id: "account", open: "/accounts", capture: { request: { url: "/api" } } };
const definition = {
  format: "platform/1",
  name: "bank",
  displayName: "Bank",
  loginUrl: `${origin}/accounts`,
  version: "1.0.0",
  allow: ["bank.test"],
  screens: [{ id: "home", when: { url: "/accounts" }, then: "collect" }],
  collect: [
    { ...account, optional: true, timeout: "20s", read: { holder: { json: "$.owner" } } },
    { ...account, id: "other", read: { name: { json: "$.owner" } } },
  ],
  prove: [{ from: "account", reveal: ["holder"] }],
};
const home = {
  url: `${origin}/accounts`,
  response: { url: `${origin}/api`, body: { owner: "Jane Doe" } },
} satisfies FakePage;

function run(proof: Partial<ProofPort>, page: FakePage = home) {
  const told: string[] = [];
  const site = createFakeSite({ onOpen: (url) => (told.push(`open ${new URL(url).pathname}`), page) });
  const clock = createFakeClock();
  const nothing = () => {};
  const outcome = runTree({
    definition: platformDefinitionSchema.parse(definition),
    loginUrl: definition.loginUrl,
    page: site,
    clock,
    newId: () => "c",
    signal: new AbortController().signal,
    events: {
      progressed: nothing,
      challengeRaised: nothing,
      challengeChanged: nothing,
      challengeResolved: nothing,
      collectionStarted: nothing,
      deadlineMoved: nothing,
      onPresence: () => nothing,
      onReply: () => nothing,
    },
    proof: {
      async begin(part) {
        told.push(`begin ${part}`);
      },
      async end(part, read) {
        told.push(`end ${part} ${JSON.stringify(read?.fields)} ${read?.response?.url}`);
      },
      ...proof,
    },
  });
  return { outcome, told, clock };
}

it("tells of a part that is to be proved before it is opened, and what was read of which response", async () => {
  const { outcome, told } = run({});
  expect(await outcome).toMatchObject({ kind: "extracted", extractedData: { holder: "Jane Doe", name: "Jane Doe" } });
  expect(told).toEqual([
    "open /accounts",
    "begin account",
    "open /accounts",
    `end account {"holder":"Jane Doe"} ${origin}/api`,
    "open /accounts",
  ]);
});

it("ends where a proof is wanted and there is none, also of an optional part", async () => {
  const { outcome } = run({ end: () => Promise.reject(new TreeFailure("ATTESTATION_MISMATCH")) });
  expect(await outcome).toMatchObject({ kind: "failed", code: "ATTESTATION_MISMATCH" });
});
