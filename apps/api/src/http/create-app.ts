import express, { type Express, type RequestHandler, type Router } from "express";
import helmet from "helmet";
import type { Kysely } from "kysely";
import type { AttestorKeys } from "../attestors/attestor-keys.ts";
import { partnerOperations, type PartnerOperationId } from "../openapi/operations.ts";
import type { Database } from "../storage/schema.ts";
import { requireOwnHost, type HostCheck } from "./check-host.ts";
import { errorEnvelope, nothingHere } from "./error-envelope.ts";
import { healthz, readyz } from "./health.routes.ts";
import { jsonBody } from "./json-body.ts";
import type { Log } from "./log.ts";
import { requestId } from "./request-context.ts";
import { requestLog } from "./request-log.ts";

interface PartnerRoute {
  /** Before the handler, after the key was accepted: tighter limits. */
  before?: RequestHandler[];
  handler: RequestHandler;
}

/** What answers each operation; its method and path stand where it is described. */
export type PartnerRoutes = Record<PartnerOperationId, PartnerRoute>;

export interface AppDependencies {
  db: Kysely<Database>;
  publicUrl: string;
  log: Log;
  now: () => Date;
  newId: () => string;
  /** In order: key, limits. */
  partnerGate: RequestHandler[];
  partnerRoutes: PartnerRoutes;
  attestors: Pick<AttestorKeys, "present">;
  jwks: RequestHandler;
  workerKeys: RequestHandler;
  metrics: RequestHandler;
  onAnswered?: Parameters<typeof requestLog>[2];
  /** Further answers for programs, without a key. */
  open: RequestHandler[];
  /** Whose X-Forwarded-For is believed: so many proxies, or those at these addresses. */
  trustProxy: number | string[];
  isOurHost: HostCheck;
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
  app.use(requestId(deps.newId), requestLog(deps.log, deps.now, deps.onAnswered), requireOwnHost(deps.isOurHost));
  app.use(deps.frame);
  app.use(helmet());

  app.get("/healthz", healthz);
  app.get("/readyz", readyz(deps.db, deps.now, deps.attestors));
  app.get("/metrics", deps.metrics);
  app.get("/.well-known/jwks.json", deps.jwks);
  app.get("/.well-known/worker-keys.json", deps.workerKeys);
  for (const answer of deps.open) app.use(answer);
  const noStore: RequestHandler = (_request, response, next) => {
    response.setHeader("Cache-Control", "no-store");
    next();
  };
  for (const { id, method, path } of partnerOperations) {
    const { before = [], handler } = deps.partnerRoutes[id];
    app[method](path, noStore, ...deps.partnerGate, ...before, ...jsonBody(), handler);
  }
  for (const page of deps.pages) app.use(page);
  app.use(nothingHere);
  app.use(errorEnvelope({ publicUrl: deps.publicUrl, log: deps.log }));
  return app;
}
