/** A JSON Schema as it stands in the document. */
export interface Schema {
  [keyword: string]: unknown;
}

export interface DocumentedOperation {
  operationId: string;
  security?: unknown[];
  parameters?: { name: string; in: string; required?: boolean; schema: Schema }[];
  requestBody?: { content: Record<string, { schema: Schema }> };
  responses: Record<string, { content?: Record<string, { schema: Schema }> }>;
}

/** The part of an OpenAPI document that is made use of here. */
export interface Document {
  openapi: string;
  paths: Record<string, Record<string, DocumentedOperation>>;
  components: { schemas: Record<string, Schema> };
}

/** The operation that a request belongs to, by its method and its path without the query. */
export function operationOf(document: Document, method: string, path: string): [string, DocumentedOperation] | null {
  const segments = path.split("/");
  for (const [template, methods] of Object.entries(document.paths)) {
    const operation = methods[method.toLowerCase()];
    const expected = template.split("/");
    if (
      operation &&
      expected.length === segments.length &&
      expected.every((part, index) => (part.startsWith("{") ? segments[index] !== "" : part === segments[index]))
    )
      return [template, operation];
  }
  return null;
}
