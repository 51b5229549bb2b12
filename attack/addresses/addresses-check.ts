import { once } from "node:events";
import { createServer } from "node:net";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { createAddressGuard } from "@attestream/address-guard";
import { acceptedUrls, publicAddresses, refusedAddresses, refusedUrls } from "@attestream/address-guard/corpus";
import { hasOwnNetwork } from "../network/own-network.ts";
import { startNameServer } from "../network/name-server.ts";
import type { Check } from "../report/check.ts";
import { pause } from "../system/neighbour.ts";
import type { AttackRun } from "../system/attack-run.ts";

const reboundHost = "rebound.attack.test";
const publicAddress = "93.184.216.34";
/** What a name answers, one after the other: honest, inside, and both at once. */
const answers = [
  [publicAddress],
  ["127.0.0.1"],
  [publicAddress, "10.99.77.1"],
  ["169.254.169.254"],
  ["10.99.77.1", publicAddress],
  ["127.0.0.53", "fd00:a77::1"],
  [publicAddress, "::1"],
];
/** Where a name leads is asked when something is sent there, not before. */
const byForm = refusedUrls.filter(({ answers: leadsTo }) => leadsTo === undefined);
/** More at once would be refused before the name is looked at. */
const askEveryMs = 25;

/** Addresses in all spellings at the one guard, URLs at the running API, and a name that changes its mind before the running proxy. */
export const addressesCheck: Check = {
  name: "addresses",
  title: "the corpus of addresses and URLs, and a name that flips",
  figures: [
    { name: "addresses.wrong", unit: "judgements", goal: { of: "value", atMost: 0 } },
    { name: "addresses.urls", unit: "judgements", goal: { of: "value", atMost: 0 } },
    { name: "addresses.rebound", unit: "connections", goal: { of: "value", atMost: 0 } },
    { name: "addresses.flips", unit: "flips", goal: { of: "value", atLeast: 100 } },
  ],
  pages: {
    flips: {
      allow: [reboundHost],
      html: () => `<!doctype html><meta charset="utf-8"><title>Flips</title><h1>Flips</h1><script>
        let count = 0;
        setInterval(() => fetch("https://${reboundHost}/" + count++, { mode: "no-cors" }).catch(() => {}), ${askEveryMs});
      </script>`,
    },
  },
  async attack(run) {
    const flips = hasOwnNetwork() ? await flip(run) : null;
    const urls = await judgeUrls(run);
    const wrong = await judgeAddresses(run.root);
    const needsRoot = { value: null, note: "needs root: names are asked of a network of its own" };
    return {
      "addresses.wrong": {
        value: wrong.length,
        note: [`${refusedAddresses.length} bad and ${publicAddresses.length} good`, ...wrong.slice(0, 5)].join("; "),
      },
      "addresses.urls": {
        value: urls.length,
        note: [`${byForm.length} bad and ${acceptedUrls.length} good webhook URLs`, ...urls.slice(0, 5)].join("; "),
      },
      "addresses.rebound": flips
        ? { value: flips.inside, note: `${flips.outside} connections to the public address` }
        : needsRoot,
      "addresses.flips": flips ? { value: flips.count } : needsRoot,
    };
  },
  holes: [
    {
      name: "every address counts as public",
      figure: "addresses.wrong",
      patches: [
        {
          file: "packages/address-guard/src/address-guard.ts",
          find: "isPublic(text) {",
          replace: "isPublic(text) { return text !== '';",
        },
      ],
    },
    {
      name: "the egress proxy dials whatever a name answers",
      figure: "addresses.rebound",
      patches: [
        {
          file: "packages/address-guard/src/address-guard.ts",
          find: "isPublic(text) {",
          replace: "isPublic(text) { return text !== '';",
        },
      ],
    },
  ],
};

async function judgeAddresses(root: string): Promise<string[]> {
  const file = pathToFileURL(join(root, "packages/address-guard/src/index.ts")).href;
  const guards = (await import(file)) as { createAddressGuard: typeof createAddressGuard };
  const guard = guards.createAddressGuard();
  return [
    ...refusedAddresses.filter(({ address }) => guard.isPublic(address)).map(({ address }) => `taken: ${address}`),
    ...publicAddresses.filter(({ address }) => !guard.isPublic(address)).map(({ address }) => `refused: ${address}`),
  ];
}

/** As the webhook of a session, because that is who asks the API to go somewhere. */
async function judgeUrls(run: AttackRun): Promise<string[]> {
  const victim = await run.victim();
  const wrong: string[] = [];
  const cases = [
    ...byForm.map((one) => ({ ...one, good: false })),
    ...acceptedUrls.map((one) => ({ ...one, good: true })),
  ];
  for (const { what, url, good } of cases) {
    const response = await fetch(`${victim.system.apiUrl}/partner/browser-session`, {
      method: "POST",
      headers: { "x-api-key": victim.keys[0], "content-type": "application/json" },
      body: JSON.stringify({ platformId: 1, webhookUrl: url }),
    });
    const { data } = (await response.json()) as { data?: { sessionId: string } };
    if (data) await victim.end(data.sessionId);
    if ((response.status === 201) !== good) wrong.push(`${what}: ${response.status}`);
  }
  return wrong;
}

async function flip(run: AttackRun): Promise<{ count: number; inside: number; outside: number }> {
  const victim = await run.victim();
  let turn = 0;
  // Both families are asked for one connection: they hear of the same turn.
  await using names = await startNameServer((name, family) =>
    name === reboundHost ? (answers[(family === 4 ? turn++ : turn) % answers.length] ?? []) : [],
  );
  let inside = 0;
  let outside = 0;
  const servers = await Promise.all(
    [80, 443].map(async (port) => {
      const server = createServer((socket) => {
        if (socket.localAddress?.replace("::ffff:", "") === publicAddress) outside += 1;
        else inside += 1;
        socket.on("error", () => {});
        socket.destroy();
      });
      server.listen(port, "::");
      await once(server, "listening");
      return server;
    }),
  );
  try {
    const { sessionId, viewer } = await victim.open("flips");
    const wanted = run.quick ? 100 : 1_000;
    const until = performance.now() + 120_000;
    const asked = () => names.asked.filter((name) => name === reboundHost).length / 2;
    const isOver = () => asked() >= wanted || performance.now() > until || run.signal.aborted;
    while (!isOver()) await pause(100);
    viewer.close();
    await victim.end(sessionId);
    return { count: Math.round(asked()), inside, outside };
  } finally {
    for (const server of servers) server.close();
  }
}
