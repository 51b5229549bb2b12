import { z } from "zod";
import { startSessions } from "./start-sessions.ts";

/** A program of its own, so that it can be killed: one session ends, its webhook goes out, and then it waits. */
const setting = z
  .object({ databaseUrl: z.string(), masterKey: z.string(), devHost: z.string(), ca: z.string() })
  // oxlint-disable-next-line node/no-process-env -- the way in for a test's own process
  .parse(JSON.parse(process.env["SETTING"] ?? "{}"));

const api = await startSessions(
  { databaseUrl: setting.databaseUrl },
  {
    masterKey: Buffer.from(setting.masterKey, "hex"),
    webhooks: {
      devHosts: [setting.devHost],
      extraCa: setting.ca,
      resolve: async () => ["127.0.0.1"],
      queue: { pollSeconds: 0.5, expireSeconds: 1, superviseSeconds: 60 },
    },
  },
);
await api.run({ cancelled: true }, { webhookUrl: `https://${setting.devHost}/hook` });
