import { isolationLevelSchema } from "@attestream/shared/worker-protocol";
import { z } from "zod";
import { workerKeysSchema } from "@attestream/shared/frame-api";
import type { Operation } from "./operation.ts";

const okSchema = z.strictObject({ status: z.literal("ok") });
const readySchema = z.strictObject({
  status: z.literal("ok"),
  workers: z.int().min(0).describe("Workers that are connected."),
  attestors: z
    .array(z.strictObject({ url: z.string(), reachable: z.boolean() }))
    .describe("Those that are configured, and whether they answer."),
  isolationLevel: isolationLevelSchema.nullable().describe("The least among them; null when there is none."),
});

/** Without a key. */
export const serverOperations = [
  {
    id: "getSigningKeys",
    method: "get",
    path: "/.well-known/jwks.json",
    summary: "The public keys that attestations are checked with, as a JSON Web Key Set.",
    group: "server",
    partner: false,
    answer: {
      status: 200,
      description: "The key set.",
      schema: z.strictObject({ keys: z.array(z.looseObject({ kty: z.string() })) }),
    },
    errors: ["internal", "storage_unavailable"],
  },
  {
    id: "getWorkerKeys",
    method: "get",
    path: "/.well-known/worker-keys.json",
    summary: "The public keys with which workers sign what the frame seals for, as a JSON Web Key Set.",
    group: "server",
    partner: false,
    answer: { status: 200, description: "The key set.", schema: workerKeysSchema },
    errors: ["internal", "storage_unavailable"],
  },
  {
    id: "getHealth",
    method: "get",
    path: "/healthz",
    summary: "Answers while the process runs.",
    group: "server",
    partner: false,
    answer: { status: 200, description: "It runs.", schema: okSchema },
    errors: [],
  },
  {
    id: "getReadiness",
    method: "get",
    path: "/readyz",
    summary: "Answers while requests can be served.",
    group: "server",
    partner: false,
    answer: { status: 200, description: "They can.", schema: readySchema },
    errors: ["storage_unavailable"],
  },
  {
    id: "getMetrics",
    method: "get",
    path: "/metrics",
    summary: "How things stand and what was done, for Prometheus.",
    description: "From this machine, or with METRICS_TOKEN as a bearer token.",
    group: "server",
    partner: false,
    answer: { status: 200, description: "Its text format.", schema: z.string(), media: "text/plain" },
    errors: ["metrics_refused", "storage_unavailable"],
  },
  {
    id: "getOpenApiDocument",
    method: "get",
    path: "/openapi.json",
    summary: "This description of the API.",
    group: "server",
    partner: false,
    answer: { status: 200, description: "An OpenAPI 3.1 document.", schema: z.looseObject({ openapi: z.string() }) },
    errors: [],
  },
] as const satisfies readonly Operation[];
