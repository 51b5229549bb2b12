import { z } from "zod";
import { alternativesSchema, locatorSchema, singleLocatorSchema } from "./locator.ts";
import { platformDefinitionSchema } from "./platform.ts";

const options = { target: "draft-7", io: "input", unrepresentable: "any" } as const;

/**
 * `platform/1` as JSON Schema, for editors that complete and check while one writes. It knows shapes
 * and spellings; what spans several keys ("exactly one of ...") is for the parser and lint.
 */
export function platformJsonSchema(): Record<string, unknown> {
  const { $schema, ...schema } = z.toJSONSchema(platformDefinitionSchema, {
    ...options,
    override({ zodSchema, jsonSchema }) {
      // The parser chooses the branch by itself, which a generator cannot see.
      if (zodSchema === locatorSchema) Object.assign(jsonSchema, { $ref: "#/definitions/locator" });
    },
  });
  const { definitions, ...rest } = schema as Record<string, unknown> & { definitions?: Record<string, unknown> };
  return {
    $schema,
    title: "Attestream platform, platform/1",
    ...rest,
    definitions: {
      ...definitions,
      locator: { anyOf: [plain(singleLocatorSchema), plain(alternativesSchema)] },
    },
  };
}

function plain(schema: z.ZodType): Record<string, unknown> {
  const { $schema: _, ...rest } = z.toJSONSchema(schema, options);
  return rest;
}
