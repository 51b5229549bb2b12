import { cp } from "node:fs/promises";
import { PGlite } from "@electric-sql/pglite";
import { z } from "zod";
import { databaseTemplate } from "../../storage/database-template.ts";
import { startSessions } from "./start-sessions.ts";

/** A program of its own, so that it can be killed: one session ends, its webhook goes out, and then it waits. */
const setting = z
  .object({
    storage: z.union([z.object({ databaseUrl: z.string() }), z.object({ dataDir: z.string() })]),
    masterKey: z.string(),
    devHost: z.string(),
    ca: z.string(),
  })
  // oxlint-disable-next-line node/no-process-env -- the way in for a test's own process
  .parse(JSON.parse(process.env["SETTING"] ?? "{}"));

const { storage } = setting;
if ("dataDir" in storage) await cp(await databaseTemplate(), storage.dataDir, { recursive: true });
const api = await startSessions("dataDir" in storage ? { pglite: await PGlite.create(storage.dataDir) } : storage, {
  masterKey: Buffer.from(setting.masterKey, "hex"),
  webhooks: {
    devHosts: [setting.devHost],
    extraCa: setting.ca,
    resolve: async () => ["127.0.0.1"],
    // What it leaves does not come back by expiring.
    queue: { pollSeconds: 0.5, superviseSeconds: 60, expireSeconds: 3600 },
  },
});
await api.run({ cancelled: true }, { webhookUrl: `https://${setting.devHost}/hook` });
