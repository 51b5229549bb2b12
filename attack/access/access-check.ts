import { z } from "zod";
import type { Check } from "../report/check.ts";
import type { Victim } from "../system/victim.ts";

const documentSchema = z.object({ paths: z.record(z.string(), z.record(z.string(), z.unknown())) });
const deliveriesSchema = z.object({ data: z.looseObject({ deliveries: z.array(z.looseObject({ id: z.string() })) }) });

interface Owned {
  sessions: string[];
  deliveries: string[];
}

/** Every documented path with an id in it, asked by one partner for what is another's: it does not exist for them. */
export const accessCheck: Check = {
  name: "access",
  title: "every path with an id, as another partner",
  figures: [
    { name: "access.foreign", unit: "let through", goal: { of: "value", atMost: 0 } },
    { name: "access.control", unit: "% reached", goal: { of: "value", atLeast: 100 } },
  ],
  async attack({ victim: start }) {
    const victim = await start();
    const document = documentSchema.parse(await (await fetch(`${victim.system.apiUrl}/openapi.json`)).json());
    const calls = Object.entries(document.paths)
      .filter(([path]) => path.includes("{"))
      .flatMap(([path, methods]) => Object.keys(methods).map((method) => ({ method: method.toUpperCase(), path })));
    const owned: Owned[] = [];
    for (const key of victim.keys) owned.push(await makeBelongings(victim, key));
    const through: string[] = [];
    let tries = 0;
    let reached = 0;
    let own = 0;
    const idsOf = (path: string, { sessions, deliveries }: Owned) =>
      path.includes("session/") ? sessions : deliveries;
    for (const [mine, key] of victim.keys.entries()) {
      for (const [theirs, belongings] of owned.entries()) {
        for (const { method, path } of calls) {
          for (const id of idsOf(path, belongings)) {
            if (mine === theirs) {
              // Reading alone shows that the path leads somewhere; the rest would change what the other one is asked for.
              if (method !== "GET") continue;
              own += 1;
              const { status, text } = await call(victim, key, method, path.replace(/\{\w+\}/, id));
              // A session without an attestation has none for its owner either, and is told apart from one that is not there.
              if (status < 300 || !text.includes("_not_found")) reached += 1;
              continue;
            }
            tries += 1;
            const { status, text } = await call(victim, key, method, path.replace(/\{\w+\}/, id));
            if (status !== 404 || text.includes(id)) through.push(`${method} ${path} ${status}`);
          }
        }
        if (mine === theirs) continue;
        for (const list of ["/partner/browser-sessions?limit=100", "/partner/webhook-deliveries?limit=100"]) {
          tries += 1;
          const { text } = await call(victim, key, "GET", list);
          if ([...belongings.sessions, ...belongings.deliveries].some((id) => text.includes(id)))
            through.push(`GET ${list}`);
        }
      }
    }
    for (const { sessions } of owned) for (const id of sessions) await victim.end(id);
    return {
      "access.foreign": {
        value: through.length,
        note: [`${tries} tries on ${calls.length} operations`, ...through].join("; "),
      },
      "access.control": { value: own === 0 ? null : (reached / own) * 100, note: `${own} reads of the own` },
    };
  },
  holes: [
    {
      name: "a partner reads another's sessions",
      figure: "access.foreign",
      patches: [
        {
          file: "apps/api/src/sessions/own-session.ts",
          find: "session.partner_id !== partner.id || ",
          replace: "",
        },
      ],
    },
  ],
};

async function call(victim: Victim, key: string, method: string, path: string) {
  const response = await fetch(`${victim.system.apiUrl}${path}`, {
    method,
    headers: { "x-api-key": key, "content-type": "application/json" },
    ...(method === "GET" ? {} : { body: "{}" }),
    signal: AbortSignal.timeout(30_000),
  });
  return { status: response.status, text: await response.text() };
}

/** Sessions and deliveries of this partner. */
async function makeBelongings(victim: Victim, key: string): Promise<Owned> {
  const sessions: string[] = [];
  for (let count = 0; count < 2; count++) {
    const response = await fetch(`${victim.system.apiUrl}/partner/browser-session`, {
      method: "POST",
      headers: { "x-api-key": key, "content-type": "application/json" },
      body: JSON.stringify({ platformId: 1, webhookUrl: victim.system.partnerUrl + "/webhook" }),
    });
    const { data } = z.object({ data: z.object({ sessionId: z.string() }) }).parse(await response.json());
    sessions.push(data.sessionId);
  }
  // One that has ended has a webhook.
  await call(victim, key, "POST", `/partner/browser-session/${sessions[0]}/terminate`);
  const { text } = await call(victim, key, "GET", "/partner/webhook-deliveries");
  return { sessions, deliveries: deliveriesSchema.parse(JSON.parse(text)).data.deliveries.map(({ id }) => id) };
}
