import { Agent } from "node:http";
import type { Check } from "../report/check.ts";
import { ask, frameCaller } from "../system/frame-calls.ts";

const racers = 200;

/** One link, redeemed by very many at the same moment: one of them gets in, every time. */
export const tokenRaces: Check = {
  name: "tokens",
  title: `${racers} redeem one link at once`,
  figures: [{ name: "tokens.races", unit: "% with one winner", goal: { of: "value", atLeast: 100 } }],
  async attack({ victim: start, quick }) {
    const victim = await start();
    // Connections are opened before, so that requests arrive together and not as TCP lets them.
    const agent = new Agent({ keepAlive: true, maxSockets: racers });
    const rounds = quick ? 3 : 100;
    let fair = 0;
    const odd = new Set<string>();
    try {
      for (let round = 0; round < rounds; round++) {
        const { sessionId, embedUrl } = await victim.createSession("quiet");
        const caller = frameCaller(embedUrl);
        const answers = await Promise.all(
          Array.from({ length: racers }, () => ask(caller, "exchange", { token: caller.token }, { agent })),
        );
        const winners = answers.filter(({ status }) => status === 200).length;
        const losers = answers.filter(({ code }) => code === "embed_token_used").length;
        if (winners === 1 && losers === racers - 1) fair += 1;
        else odd.add(`${winners} got in, ${losers} were told that it is used`);
        await victim.end(sessionId);
      }
    } finally {
      agent.destroy();
    }
    return {
      "tokens.races": { value: (fair / rounds) * 100, note: [`${rounds} rounds of ${racers}`, ...odd].join("; ") },
    };
  },
  holes: [
    {
      name: "a link can be redeemed twice",
      figure: "tokens.races",
      patches: [
        {
          file: "apps/api/src/embed/redeem-once.ts",
          find: "return inserted !== undefined;",
          replace: "void inserted; return true;",
        },
        ...["db", "trx"].map((handle) => ({
          file: "apps/api/src/embed/viewer-store.ts",
          find: `if (await isSpent(${handle}, tokenId)) return`,
          replace: "if (tokenId === '') return",
        })),
      ],
    },
  ],
};
