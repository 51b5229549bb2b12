import express, { type RequestHandler } from "express";
import { AppError } from "@attestream/shared";
import {
  consistencyQuerySchema,
  inclusionQuerySchema,
  logEntriesQuerySchema,
  type LogConsistency,
  type LogEntries,
} from "@attestream/shared/partner-api";
import { parseInput } from "../http/parse-input.ts";
import type { AttestationLog } from "./attestation-log.ts";

const maxEntries = 1_000;

/** The log for anybody: hashes only, nothing that tells of whom or what. */
export function createLogRoutes(log: AttestationLog): express.Router {
  const router = express.Router();

  router.get("/log/checkpoint", open, async (_request, response) => {
    response.setHeader("Cache-Control", "no-store");
    response.json(await log.checkpoint());
  });

  router.get("/log/proof/inclusion", open, async (request, response) => {
    const { leaf } = parseInput(inclusionQuerySchema, request.query);
    const proof = await log.prove({ entry: Buffer.from(leaf, "hex") });
    if (!proof) throw new AppError("log_entry_unknown");
    response.setHeader("Cache-Control", "no-store");
    response.json(proof);
  });

  router.get("/log/proof/consistency", open, async (request, response) => {
    const { first, second } = parseInput(consistencyQuerySchema, request.query);
    const consistency = await log.consistency(first, second);
    if (consistency === null) {
      throw new AppError("invalid_request", {
        message: "second: must be at least first, and at most the size that GET /log/checkpoint tells",
        param: "second",
      });
    }
    response.setHeader("Cache-Control", "public, max-age=31536000, immutable");
    response.json({ first, second, consistency } satisfies LogConsistency);
  });

  router.get("/log/entries", open, async (request, response) => {
    const { start, end } = parseInput(logEntriesQuerySchema, request.query);
    if (end < start) throw new AppError("invalid_request", { message: "end: must be at least start", param: "end" });
    const leaves = await log.entries(start, Math.min(end, start + maxEntries));
    response.setHeader("Cache-Control", "public, max-age=60");
    response.json({ start, leaves } satisfies LogEntries);
  });

  return router;
}

/** An auditor's page may read it from anywhere. */
const open: RequestHandler = (_request, response, next) => {
  response.setHeader("Access-Control-Allow-Origin", "*");
  next();
};
