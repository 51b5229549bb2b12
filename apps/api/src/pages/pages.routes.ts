import { access } from "node:fs/promises";
import { join } from "node:path";
import express, { type RequestHandler } from "express";
import type { Kysely } from "kysely";
import type { AttestorKeys } from "../attestors/attestor-keys.ts";
import type { PlatformStore } from "../platforms/platform-store.ts";
import type { Database } from "../storage/schema.ts";
import { errorsPage } from "./errors-page.ts";
import { landingPage } from "./landing-page.ts";
import { pagePolicy } from "./page.ts";
import { readSystemStatus } from "./system-status.ts";

export interface PagesDependencies {
  db: Kysely<Database>;
  engine: "pglite" | "postgres";
  platforms: Pick<PlatformStore, "list">;
  attestors: Pick<AttestorKeys, "present">;
  frameDir: string;
  publicUrl(): string;
  /** The demo partner's page, where one runs beside this server. */
  demoUrl: string | undefined;
  clock: () => Date;
}

/** The server's own pages for people: what it is and how it is (`/`), and what its errors mean (`/docs/errors`). */
export function createPages(deps: PagesDependencies): express.Router {
  const isFrameBuilt = () =>
    access(join(deps.frameDir, "index.html")).then(
      () => true,
      () => false,
    );
  const errors = errorsPage();
  const headers: RequestHandler = (_request, response, next) => {
    response.set({
      "Content-Security-Policy": pagePolicy,
      "Referrer-Policy": "no-referrer",
      "X-Content-Type-Options": "nosniff",
    });
    next();
  };

  const router = express.Router();
  router.get("/", headers, async (_request, response) => {
    const status = await readSystemStatus({
      db: deps.db,
      engine: deps.engine,
      platforms: deps.platforms,
      attestors: deps.attestors,
      isFrameBuilt,
      clock: deps.clock,
    });
    response.set("Cache-Control", "no-store");
    response.type("html").send(landingPage({ status, publicUrl: deps.publicUrl(), demoUrl: deps.demoUrl ?? null }));
  });
  router.get("/docs/errors", headers, (_request, response) => {
    response.set("Cache-Control", "public, max-age=300");
    response.type("html").send(errors);
  });
  return router;
}
