import express, { type Express, type RequestHandler, type Router } from "express";
import helmet from "helmet";
import type { Kysely } from "kysely";
import type { Database } from "../storage/schema.ts";
import { errorEnvelope, nothingHere } from "./error-envelope.ts";
import { healthz, readyz } from "./health.routes.ts";
import { jsonBody } from "./json-body.ts";
import type { Log } from "./log.ts";
import { requestId } from "./request-context.ts";
import { requestLog } from "./request-log.ts";

export interface PartnerRoute {
  method: "get" | "post" | "delete";
  path: string;
  /** Before the handler, after the key was accepted: tighter limits. */
  before?: RequestHandler[];
  handler: RequestHandler;
}

export interface AppDependencies {
  db: Kysely<Database>;
  publicUrl: string;
  log: Log;
  now: () => Date;
  newId: () => string;
  /** In order: key, limits. */
  partnerGate: RequestHandler[];
  partnerRoutes: PartnerRoute[];
  jwks: RequestHandler;
  workerKeys: RequestHandler;
  /** Whose X-Forwarded-For is believed: so many proxies, or those at these addresses. */
  trustProxy: number | string[];
  /** The frame page and what belongs to it. It sets headers of its own, as it may be framed. */
  frame: Router;
  /** Pages for people; last, before "nothing here". */
  pages: RequestHandler[];
}

/** The HTTP surface as a whole, in the order in which it is looked through. */
export function createApp(deps: AppDependencies): Express {
  const app = express();
  app.disable("x-powered-by");
  app.set("query parser", "simple");
  app.set("etag", false);
  app.set("trust proxy", deps.trustProxy);
  app.use(requestId(deps.newId), requestLog(deps.log, deps.now));
  app.use(deps.frame);
  app.use(helmet());

  app.get("/healthz", healthz);
  app.get("/readyz", readyz(deps.db));
  app.get("/.well-known/jwks.json", deps.jwks);
  app.get("/.well-known/worker-keys.json", deps.workerKeys);
  const noStore: RequestHandler = (_request, response, next) => {
    response.setHeader("Cache-Control", "no-store");
    next();
  };
  for (const { method, path, before = [], handler } of deps.partnerRoutes) {
    app[method](path, noStore, ...deps.partnerGate, ...before, ...jsonBody(), handler);
  }
  for (const page of deps.pages) app.use(page);
  app.use(nothingHere);
  app.use(errorEnvelope({ publicUrl: deps.publicUrl, log: deps.log }));
  return app;
}
