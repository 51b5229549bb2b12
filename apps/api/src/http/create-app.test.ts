import express, { type RequestHandler } from "express";
import { expect, it } from "vitest";
import { operations, partnerOperations } from "../openapi/operations.ts";
import { openApiRoutes } from "../openapi/openapi.routes.ts";
import { createApp, type PartnerRoutes } from "./create-app.ts";
import { createProofRoutes } from "../attestation/proof.routes.ts";
import { silentLog } from "./log.ts";

const nothing: RequestHandler = () => undefined;
const named = (paths: readonly { method: string; path: string }[]) =>
  paths.map(({ method, path }) => `${method} ${path}`).toSorted();

/** Every route of an application, those of its routers too. */
function routesOf(stack: typeof express.application.router.stack): { method: string; path: string }[] {
  return stack.flatMap((layer) => {
    const { route, handle } = layer;
    if (route) return route.stack.map(({ method }) => ({ method, path: route.path }));
    return "stack" in handle ? routesOf(handle.stack as typeof stack) : [];
  });
}

it("answers what is described and nothing else", () => {
  const app = createApp({
    // Never asked: no request comes.
    db: {} as never,
    publicUrl: "http://localhost",
    log: silentLog,
    now: () => new Date(),
    newId: () => "id",
    partnerGate: [],
    partnerRoutes: Object.fromEntries(partnerOperations.map(({ id }) => [id, { handler: nothing }])) as PartnerRoutes,
    attestors: {} as never,
    metrics: nothing,
    jwks: nothing,
    workerKeys: nothing,
    trustProxy: 0,
    isOurHost: () => true,
    frame: express.Router(),
    open: [
      createProofRoutes({
        attestationLog: {} as never,
        statuses: {} as never,
        attestors: {} as never,
        bbsKeys: {} as never,
      }),
    ],
    pages: [openApiRoutes("http://localhost")],
  });
  // For people to read: described by itself.
  const pages = ["/docs"];
  const answered = routesOf(app.router.stack).filter(({ path }) => !pages.includes(path));
  expect([...new Set(named(answered))]).toEqual(named(operations));
});
