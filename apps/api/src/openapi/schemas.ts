import { errorCodeSchema, jsonSchema, sessionStatusSchema } from "@attestream/shared";
import {
  attestationResponseSchema,
  createdSessionSchema,
  createSessionRequestSchema,
  errorEnvelopeSchema,
  platformSchema,
  sessionListSchema,
  sessionSchema,
  statusReasonSchema,
  webhookPayloadSchema,
} from "@attestream/shared/partner-api";
import { z } from "zod";

export type JsonSchema = z.core.JSONSchema.BaseSchema;

/** Schemas with a name of their own in the document; others stand where they are used. */
const named: Record<string, z.ZodType> = {
  Attestation: attestationResponseSchema,
  CreatedSession: createdSessionSchema,
  CreateSessionRequest: createSessionRequestSchema,
  Error: errorEnvelopeSchema,
  ErrorCode: errorCodeSchema,
  Json: jsonSchema,
  Platform: platformSchema,
  Session: sessionSchema,
  SessionList: sessionListSchema,
  SessionStatus: sessionStatusSchema,
  StatusReason: statusReasonSchema,
  WebhookPayload: webhookPayloadSchema,
};

const prefix = "#/components/schemas/";
const uri = (id: string) => prefix + id;

/** The named schemas and those of all operations as JSON Schema 2020-12, with references among them. */
export function createSchemas() {
  const render = (io: "input" | "output", given: Record<string, z.ZodType>) => {
    const registry = z.registry<{ id: string }>();
    for (const [id, schema] of Object.entries({ ...named, ...given })) {
      // A named schema may stand in an operation as it is: then the name it has is the one.
      if (!registry.has(schema)) registry.add(schema, { id });
    }
    return z.toJSONSchema(registry, { io, uri, override: ({ jsonSchema: schema }) => simplify(schema) }).schemas;
  };
  const components = Object.fromEntries(
    Object.entries({
      ...render("output", {}),
      CreateSessionRequest: render("input", {})["CreateSessionRequest"],
    }).map(([id, schema]) => [id, withoutIdentity(schema ?? {})]),
  );

  return {
    components,
    /** A reference where the schema has a name, else itself. */
    of(schema: z.ZodType, io: "input" | "output"): JsonSchema {
      const name = Object.keys(named).find((key) => named[key] === schema);
      if (name !== undefined) return { $ref: uri(name) };
      return withoutIdentity(render(io, { Inline: schema })["Inline"] ?? {});
    },
  };
}

/** What `$ref` leads to, for readers of the document. */
export function resolveSchema(components: Record<string, JsonSchema>, schema: JsonSchema): JsonSchema {
  const name = schema.$ref?.startsWith(prefix) ? schema.$ref.slice(prefix.length) : undefined;
  return name === undefined ? schema : { ...components[name], ...schema };
}

/** Patterns that say again what a format says, and the bounds of JavaScript's integers, tell a reader nothing. */
function simplify(schema: JsonSchema): void {
  if (schema.format === "starts_with") delete schema.format;
  else if (schema.format !== undefined) delete schema.pattern;
  if (schema.minimum === Number.MIN_SAFE_INTEGER) delete schema.minimum;
  if (schema.maximum === Number.MAX_SAFE_INTEGER) delete schema.maximum;
  delete schema.propertyNames;
}

function withoutIdentity({ $schema: _dialect, $id: _id, ...schema }: JsonSchema): JsonSchema {
  return schema;
}
