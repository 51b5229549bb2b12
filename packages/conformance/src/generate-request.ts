import fc from "fast-check";
import type { Document, DocumentedOperation, Schema } from "./document.ts";

export interface GeneratedRequest {
  method: string;
  path: string;
  headers: Record<string, string>;
  /** As it goes over the wire; absent: no body. */
  raw: string | undefined;
}

/** Ids that exist, by the path parameter's place: most requests should get past the look-up. */
export type KnownIds = (template: string) => string[];

/** Requests of every documented operation: most as documented, the rest bent in one place or another. */
export function generatedRequests(document: Document, knownIds: KnownIds): fc.Arbitrary<GeneratedRequest> {
  const all = Object.entries(document.paths).flatMap(([template, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({
      weight: weightOf(operation),
      arbitrary: requestOf(document, template, method, operation, knownIds),
    })),
  );
  return fc.oneof(...all);
}

/** What takes a body has more to get wrong. */
const weightOf = ({ requestBody }: DocumentedOperation) => (requestBody === undefined ? 1 : 3);

function requestOf(
  document: Document,
  template: string,
  method: string,
  operation: DocumentedOperation,
  knownIds: KnownIds,
): fc.Arbitrary<GeneratedRequest> {
  const { parameters = [] } = operation;
  const ids = knownIds(template);
  const id = fc.oneof(
    { weight: ids.length > 0 ? 3 : 0, arbitrary: fc.constantFrom(...(ids.length > 0 ? ids : [""])) },
    { weight: 1, arbitrary: fc.uuid() },
    { weight: 1, arbitrary: oddText.filter((text) => ![".", "..", ""].includes(text)) },
  );
  const inQuery = parameters.filter((parameter) => parameter.in === "query");
  const query = fc.record(
    Object.fromEntries(inQuery.map(({ name, schema }) => [name, fc.oneof(valueOf(document, schema), oddText)])),
    { requiredKeys: [] },
  );
  const inHeader = parameters.filter((parameter) => parameter.in === "header");
  const headers = fc.record(Object.fromEntries(inHeader.map(({ name }) => [name, fc.oneof(fc.uuid(), headerText)])), {
    requiredKeys: [],
  });
  const schema = operation.requestBody?.content["application/json"]?.schema;
  const json = schema ? fc.oneof(valueOf(document, schema), bent(document, schema)) : fc.constant({});
  const raw = fc.oneof(
    { weight: 8, arbitrary: json.map((value): string | undefined => JSON.stringify(value)) },
    { weight: 1, arbitrary: fc.json({ maxDepth: 6 }) },
    { weight: 1, arbitrary: oddText },
    { weight: 1, arbitrary: fc.constant(undefined) },
  );
  const contentType = fc.oneof(
    { weight: 12, arbitrary: fc.constant("application/json") },
    {
      weight: 1,
      arbitrary: fc.constantFrom("text/plain", "application/json; charset=utf-16", "application/jsonx", "x"),
    },
  );
  return fc.record({ id, query, headers, raw, contentType }).map((given) => {
    const pairs = Object.entries(given.query).map(([name, value]): [string, string] => [name, String(value)]);
    const text = new URLSearchParams(pairs).toString();
    const path = template.replace(/\{\w+\}/g, () => encodeURIComponent(given.id));
    return {
      method: method.toUpperCase(),
      path: text === "" ? path : `${path}?${text}`,
      headers: { "content-type": given.contentType, ...given.headers },
      raw: method === "get" ? undefined : given.raw,
    };
  });
}

const oddText = fc.oneof(
  fc.string({ unit: "grapheme", maxLength: 40 }).map((text) => text.toWellFormed()),
  fc.constantFrom(
    "0",
    "-1",
    "1e9",
    "NaN",
    "null",
    "true",
    "\u0000",
    "'; drop table sessions;--",
    "\ud83e\udd8a",
    "9".repeat(30),
  ),
);
const headerText = fc.string({ unit: fc.constantFrom(..."abc-_.:/ ~!#\u00e9"), maxLength: 300 });

/** Values that the schema allows, as far as it is understood here; what is not understood is any JSON. */
function valueOf(document: Document, given: Schema, depth = 0): fc.Arbitrary<unknown> {
  const schema = resolve(document, given);
  if (Array.isArray(schema["enum"])) return fc.constantFrom(...(schema["enum"] as unknown[]));
  if ("const" in schema) return fc.constant(schema["const"]);
  if (Array.isArray(schema["anyOf"])) {
    if (depth > 3) return fc.constant(null);
    return fc.oneof(...(schema["anyOf"] as Schema[]).map((one) => valueOf(document, one, depth + 1)));
  }
  const number = (name: string, fallback: number) => (typeof schema[name] === "number" ? schema[name] : fallback);
  switch (schema["type"]) {
    case "integer":
      return integers(
        number("minimum", number("exclusiveMinimum", -1001) + 1),
        Math.min(number("maximum", 1000), 1000),
      );
    case "number":
      return fc.double({ min: number("minimum", -1e6), max: number("maximum", 1e6), noNaN: true });
    case "boolean":
      return fc.boolean();
    case "null":
      return fc.constant(null);
    case "string":
      return textOf(schema, number("minLength", 0), number("maxLength", 60));
    case "array":
      return fc.array(valueOf(document, schema["items"] as Schema, depth + 1), { maxLength: number("maxItems", 3) });
    case "object":
      return objectOf(document, schema, depth);
    default:
      return fc.jsonValue({ maxDepth: 3 });
  }
}

/** The least ones are of more use than the rest: they are ids that exist. */
function integers(min: number, max: number): fc.Arbitrary<number> {
  return fc.oneof({ weight: 3, arbitrary: fc.constant(min) }, { weight: 1, arbitrary: fc.integer({ min, max }) });
}

function objectOf(document: Document, schema: Schema, depth: number): fc.Arbitrary<unknown> {
  const properties = Object.entries((schema["properties"] ?? {}) as Record<string, Schema>);
  const requiredKeys = (schema["required"] ?? []) as string[];
  if (properties.length === 0)
    return fc.dictionary(fc.string({ maxLength: 10 }), fc.jsonValue({ maxDepth: 2 }), { maxKeys: 4 });
  const fields = Object.fromEntries(
    properties.map(([name, property]) => [name, valueOf(document, property, depth + 1)]),
  );
  const required = Object.fromEntries(Object.entries(fields).filter(([name]) => requiredKeys.includes(name)));
  // The fewer fields, the more of these are taken: what lies behind is asked too.
  return fc.oneof(fc.record(required), fc.record(fields, { requiredKeys }));
}

function textOf(schema: Schema, minLength: number, maxLength: number): fc.Arbitrary<string> {
  if (schema["format"] === "uri") return fc.webUrl();
  if (schema["format"] === "uuid") return fc.uuid();
  if (schema["format"] === "date-time")
    return fc.date({ noInvalidDate: true, min: new Date(0), max: new Date(4e12) }).map((date) => date.toISOString());
  return fc.oneof(
    fc.string({ unit: "grapheme", minLength, maxLength: Math.max(minLength, Math.min(maxLength, 60)) }),
    fc.constantFrom("https://example.com/hook", "https://127.0.0.1/", "http://example.com", "https://x.test"),
  );
}

/** A value of the schema with one field replaced by any JSON, or one more. */
function bent(document: Document, given: Schema): fc.Arbitrary<unknown> {
  const schema = resolve(document, given);
  const names = [...Object.keys(schema["properties"] ?? {}), "__proto__", "surprise"];
  return fc
    .record({ value: valueOf(document, schema), name: fc.constantFrom(...names), other: fc.jsonValue({ maxDepth: 4 }) })
    .map(({ value, name, other }) => {
      const fields = Object.entries(Object(value) as Record<string, unknown>).filter(([own]) => own !== name);
      return Object.fromEntries([...fields, [name, other]]);
    });
}

function resolve(document: Document, schema: Schema): Schema {
  const reference = schema["$ref"];
  if (typeof reference !== "string") return schema;
  return document.components.schemas[reference.slice(reference.lastIndexOf("/") + 1)] ?? {};
}
