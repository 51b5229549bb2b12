import { apiErrors, type ApiErrorCode } from "@attestream/shared";
import { errorEnvelopeSchema, webhookPayloadSchema } from "@attestream/shared/partner-api";
import type { z } from "zod";
import { isProbe } from "../http/check-host.ts";
import { partnerErrors, type Operation } from "./operation.ts";
import { operations } from "./operations.ts";
import { createSchemas, type JsonSchema } from "./schemas.ts";

type Schemas = ReturnType<typeof createSchemas>;

export interface OpenApiDocument {
  openapi: "3.1.1";
  info: { title: string; version: string; description: string; license: { name: string; identifier: string } };
  servers: { url: string }[];
  tags: { name: string; description: string }[];
  paths: Record<string, Record<string, OpenApiOperation>>;
  webhooks: Record<string, unknown>;
  components: { schemas: Record<string, JsonSchema>; securitySchemes: Record<string, unknown> };
}

export interface OpenApiOperation {
  operationId: string;
  summary: string;
  description?: string;
  tags: string[];
  security: Record<string, string[]>[];
  parameters?: {
    name: string;
    in: "path" | "query" | "header";
    required: boolean;
    description?: string;
    schema: JsonSchema;
  }[];
  requestBody?: { required: boolean; content: Record<string, { schema: JsonSchema }> };
  responses: Record<
    string,
    { description: string; headers: Record<string, unknown>; content?: Record<string, { schema: JsonSchema }> }
  >;
}

/** The whole API as an OpenAPI 3.1 document, made of the schemas that requests are parsed with. */
export function openApiDocument(publicUrl: string): OpenApiDocument {
  const schemas = createSchemas();
  const paths: OpenApiDocument["paths"] = {};
  for (const operation of operations) {
    const path = operation.path.replace(/:(\w+)/g, "{$1}");
    paths[path] = { ...paths[path], [operation.method]: describe(operation, schemas) };
  }
  return {
    openapi: "3.1.1",
    info: {
      title: "Attestream",
      version: "1",
      description: "Account verification: create a session, embed its frame, receive signed results.",
      license: { name: "Apache-2.0", identifier: "Apache-2.0" },
    },
    servers: [{ url: publicUrl }],
    tags: [
      { name: "platforms", description: "What can be verified." },
      { name: "sessions", description: "One verification each." },
      { name: "webhooks", description: "How your server hears of sessions." },
      { name: "keys", description: "What lets you in." },
      { name: "proof", description: "What anybody may ask who checks an attestation, without a key." },
      { name: "server", description: "This server, without a key." },
    ],
    paths,
    webhooks: {
      sessionEnded: {
        post: {
          summary:
            "Sent to a session's webhookUrl when it has reached a terminal status, or another one that it asked for.",
          requestBody: {
            required: true,
            content: { "application/json": { schema: schemas.of(webhookPayloadSchema, "output") } },
          },
          responses: { "2XX": { description: "Received. Anything else is tried again." } },
        },
      },
    },
    components: {
      schemas: schemas.components,
      securitySchemes: {
        apiKey: { type: "apiKey", in: "header", name: "x-api-key" },
        bearer: { type: "http", scheme: "bearer" },
      },
    },
  };
}

/** Every code that the operation can be refused with. */
export function errorsOf(operation: Operation): ApiErrorCode[] {
  return [
    ...new Set([
      ...(operation.partner ? partnerErrors : []),
      ...(isProbe(operation.path) ? [] : (["host_refused"] as const)),
      ...operation.errors,
    ]),
  ];
}

function describe(operation: Operation, schemas: Schemas): OpenApiOperation {
  const { answer } = operation;
  const success = schemas.of(answer.schema, "output");
  const parameters = parametersOf(operation, schemas);
  const schema: JsonSchema = operation.partner
    ? {
        type: "object",
        properties: { status: { type: "string", const: "success" }, data: success },
        required: ["status", "data"],
        additionalProperties: false,
      }
    : success;
  return {
    operationId: operation.id,
    summary: operation.summary,
    ...(operation.description === undefined ? {} : { description: operation.description }),
    tags: [operation.group],
    security: operation.partner ? [{ apiKey: [] }, { bearer: [] }] : [],
    ...(parameters.length === 0 ? {} : { parameters }),
    ...(operation.body === undefined
      ? {}
      : {
          requestBody: {
            required: !operation.body.safeParse({}).success,
            content: { "application/json": { schema: schemas.of(operation.body, "input") } },
          },
        }),
    responses: {
      [answer.status]: {
        description: answer.description,
        headers: { ...requestIdHeader, ...(operation.partner ? limitHeaders : {}) },
        content: {
          [answer.media ?? "application/json"]: { schema },
          ...(operation.streamed === true ? { "text/event-stream": { schema: { type: "string" } } } : {}),
        },
      },
      ...(operation.streamed === true
        ? { 204: { description: "As a stream: it has ended, and nothing will come.", headers: requestIdHeader } }
        : {}),
      ...refusals(errorsOf(operation), schemas),
    },
  };
}

function parametersOf({ path, query, headers }: Operation, schemas: Schemas) {
  const inPath = [...path.matchAll(/:(\w+)/g)].map(([, name = ""]) => ({
    name,
    in: "path" as const,
    required: true,
    description: "The id that its creation gave.",
    schema: { type: "string" } as JsonSchema,
  }));
  const listed = (fields: z.ZodObject | undefined, place: "query" | "header") =>
    Object.entries(fields?.shape ?? {}).map(([name, field]) => {
      const { description, ...schema } = schemas.of(field as z.ZodType, place === "query" ? "output" : "input");
      const { description: told = description } = field as z.ZodType;
      return {
        name,
        in: place,
        required: !(field as z.ZodType).safeParse(undefined).success,
        ...(told === undefined ? {} : { description: told }),
        schema,
      };
    });
  return [...inPath, ...listed(query, "query"), ...listed(headers, "header")];
}

/** One response per status, with the codes it can carry. */
function refusals(codes: ApiErrorCode[], schemas: Schemas): OpenApiOperation["responses"] {
  const byStatus = Map.groupBy(codes, (code) => apiErrors[code].status);
  return Object.fromEntries(
    [...byStatus].map(([status, own]) => [
      status,
      {
        description: own.map((code) => `\`${code}\`: ${apiErrors[code].message}`).join("\n\n"),
        headers: { ...requestIdHeader, ...(status === 429 || status === 503 ? retryHeader : {}) },
        content: {
          "application/json": {
            schema: {
              allOf: [
                schemas.of(errorEnvelopeSchema, "output"),
                { properties: { error: { properties: { code: { enum: own } } } } },
              ],
            },
          },
        },
      },
    ]),
  );
}

const header = (description: string, type = "string") => ({ description, schema: { type } });
const requestIdHeader = { "x-request-id": header("Names this request; quote it when you ask for help.") };
const limitHeaders = {
  RateLimit: header('What is left: "requests";r=119;t=60.'),
  "RateLimit-Policy": header('The limit that counted: "requests";q=120;w=60.'),
};
const retryHeader = { "Retry-After": header("Seconds to wait before trying again.", "integer") };
