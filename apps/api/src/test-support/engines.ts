import { randomUUID } from "node:crypto";
import { startPostgres, type TestPostgres } from "@attestream/testkit";
import pg from "pg";

export interface Engine {
  name: string;
  /** Environment of an API on a database of its own. */
  env(): Promise<Record<string, string>>;
  stop(): Promise<void>;
}

/** The embedded database: each API has its own by its folder. */
export const embedded: Engine = { name: "PGlite", env: async () => ({}), stop: async () => {} };

/** A PostgreSQL server of its own, started at the first use; each API gets a database. */
export function postgres(): Engine {
  let server: Promise<TestPostgres> | undefined;
  return {
    name: "PostgreSQL",
    async env() {
      server ??= startPostgres();
      const { url } = await server;
      const database = `t_${randomUUID().replaceAll("-", "")}`;
      const client = new pg.Client({ connectionString: url });
      await client.connect();
      await client.query(`create database ${database}`);
      await client.end();
      const own = new URL(url);
      own.pathname = `/${database}`;
      return { DATABASE_URL: own.href };
    },
    async stop() {
      await (await server)?.[Symbol.asyncDispose]();
    },
  };
}
