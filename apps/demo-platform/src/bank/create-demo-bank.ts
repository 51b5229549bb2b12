import { randomBytes } from "node:crypto";
import { fileURLToPath } from "node:url";
import express, { type ErrorRequestHandler, type Express } from "express";
import helmet from "helmet";
import type { Logger } from "pino";
import { createBankingRoutes } from "./banking.routes.ts";
import { createLoginRoutes } from "./login.routes.ts";
import { plainPage } from "./pages/entry-pages.ts";
import { createQuestionRoutes } from "./questions.routes.ts";
import { readVisit } from "./visit-cookie.ts";
import { createVisits } from "./visits.ts";

const assetsFolder = fileURLToPath(new URL("../../assets", import.meta.url));

/** The bank's whole web site, to be served over TLS. It logs that a request failed, never what was in it. */
export function createDemoBank({
  clock,
  log,
  randomId = () => randomBytes(24).toString("base64url"),
}: {
  clock: () => Date;
  log: Logger;
  randomId?: () => string;
}): Express {
  const visits = createVisits({ clock, randomId });
  const bank = express();
  bank.disable("etag");
  bank.use(
    helmet({
      contentSecurityPolicy: {
        useDefaults: false,
        directives: {
          defaultSrc: ["'none'"],
          scriptSrc: ["'self'"],
          styleSrc: ["'self'"],
          imgSrc: ["'self'"],
          connectSrc: ["'self'"],
          formAction: ["'self'"],
          baseUri: ["'none'"],
          frameAncestors: ["'none'"],
        },
      },
      xFrameOptions: { action: "deny" },
    }),
  );
  bank.use("/assets", express.static(assetsFolder, { index: false, maxAge: "5m", fallthrough: false }));
  bank.use((_request, response, next) => {
    response.set("cache-control", "no-store");
    next();
  });
  bank.use(readVisit(visits), express.urlencoded({ extended: false, limit: "8kb" }));
  bank.use(createLoginRoutes({ visits, clock }), createQuestionRoutes({ visits }), createBankingRoutes({ clock }));
  bank.use((_request, response) => {
    response.status(404).send(plainPage("There is no such page", "The address may have a typing mistake."));
  });

  const answerError: ErrorRequestHandler = (error: unknown, _request, response, next) => {
    const status = statusOf(error);
    if (status >= 500) log.error({ errorName: error instanceof Error ? error.name : typeof error }, "a page failed");
    if (response.headersSent) next(error);
    else
      response.status(status).send(plainPage("Something went wrong", "That is on us. Please go back and try again."));
  };
  bank.use(answerError);
  return bank;
}

/** Errors of express and its middleware carry the status that fits them. */
function statusOf(error: unknown): number {
  if (typeof error !== "object" || error === null || !("status" in error)) return 500;
  return typeof error.status === "number" && error.status >= 400 && error.status < 600 ? error.status : 500;
}
