import { apiErrors } from "@attestream/shared";
import { html, type Html } from "../pages/html.ts";
import { page } from "../pages/page.ts";
import { errorsOf, openApiDocument, type OpenApiDocument, type OpenApiOperation } from "./openapi-document.ts";
import type { Operation } from "./operation.ts";
import { operations } from "./operations.ts";
import { resolveSchema, type JsonSchema } from "./schemas.ts";

interface Row {
  name: string;
  type: string;
  presence: string;
  text: string;
}

/** The reference for people: the same document that /openapi.json gives to programs. */
export function docsPage(publicUrl: string): string {
  const document = openApiDocument(publicUrl);
  return page({
    title: "API reference · Attestream",
    description: "Every operation of the API, its fields and its errors.",
    aside: "API reference",
    body: html`<main>
      <h1 class="page-title">API reference</h1>
      <section>
        <h2>In short</h2>
        <div>
          <p class="lead">
            Send your key as <code>x-api-key</code>, or as <code>Authorization: Bearer</code>, and bodies as
            <code>application/json</code>. Answers are <code>{"status":"success","data":…}</code>, refusals
            <code>{"status":"error","error":{…}}</code> with a code from the <a href="/docs/errors">list of errors</a>.
            Programs read <a href="/openapi.json">openapi.json</a> (OpenAPI 3.1).
          </p>
          <ul class="links">
            ${operations.map(
              ({ id, method, path, summary }) =>
                html`<li>
                  <a href="#${id}"><code>${method.toUpperCase()} ${path}</code></a
                  ><span>${summary}</span>
                </li>`,
            )}
          </ul>
        </div>
      </section>
      ${operations.map((operation) => section(operation, document))} ${webhookSection(document)}
    </main>`,
  });
}

function section(operation: Operation, document: OpenApiDocument): Html {
  const described = document.paths[operation.path.replace(/:(\w+)/g, "{$1}")]?.[operation.method];
  if (!described) throw new Error(`${operation.id} is not in the document`);
  const { schemas } = document.components;
  const body = described.requestBody?.content["application/json"]?.schema;
  const answer = Object.values(described.responses[operation.answer.status]?.content ?? {})[0]?.schema;
  const data = operation.partner ? answer?.properties?.["data"] : answer;
  return html`<section id="${operation.id}">
    <h2>${operation.summary}</h2>
    <div>
      <pre>${operation.method.toUpperCase()} ${operation.path}</pre>
      <p class="note">${operation.description?.replaceAll("`", "") ?? ""}</p>
      ${table("Parameters", parameterRows(described))} ${body ? table("Body", fieldRows(body, schemas, true)) : ""}
      ${data && typeof data === "object" ? table(`Answer ${operation.answer.status}`, fieldRows(data, schemas, false)) : ""}
      <p class="note">
        ${errorsOf(operation).map(
          (code) => html`<a href="/docs/errors#${code}"><code>${apiErrors[code].status} ${code}</code></a> `,
        )}
      </p>
    </div>
  </section>`;
}

function webhookSection({ components: { schemas } }: OpenApiDocument): Html {
  return html`<section id="webhook">
    <h2>The webhook</h2>
    <div>
      <pre>POST &lt;your webhookUrl&gt;</pre>
      <p class="note">
        When a session has reached a terminal status, and before, at those that its webhookEvents name. Answer with a
        2xx within 30 seconds; anything else is tried again, except 410.
      </p>
      ${table("Body", fieldRows({ $ref: "#/components/schemas/WebhookPayload" }, schemas, false))}
    </div>
  </section>`;
}

function table(title: string, rows: Row[]): Html | null {
  if (rows.length === 0) return null;
  return html`<div class="table second">
    <table>
      <thead>
        <tr>
          <th>${title}</th>
          <th>Type</th>
          <th></th>
          <th></th>
        </tr>
      </thead>
      <tbody>
        ${rows.map(
          ({ name, type, presence, text }) =>
            html`<tr>
              <td><code>${name}</code></td>
              <td data-label="">${type}</td>
              <td data-label="">${presence}</td>
              <td>${text}</td>
            </tr>`,
        )}
      </tbody>
    </table>
  </div>`;
}

function parameterRows({ parameters = [] }: OpenApiOperation): Row[] {
  return parameters.map(({ name, in: place, required, description = "", schema }) => ({
    name,
    type: typeOf(schema),
    presence: `${place}${required ? ", required" : ""}`,
    text: description,
  }));
}

/** The fields of an object, those of objects within it below it. */
function fieldRows(given: JsonSchema, schemas: Record<string, JsonSchema>, isRequest: boolean, path = ""): Row[] {
  const schema = resolveSchema(schemas, given);
  if (schema.type === "array" && isSchema(schema.items))
    return fieldRows(schema.items, schemas, isRequest, `${path}[].`.replace(".[]", "[]"));
  return Object.entries(schema.properties ?? {}).flatMap(([name, value]) => {
    if (!isSchema(value)) return [];
    const field = resolveSchema(schemas, value);
    const required = schema.required?.includes(name) ?? false;
    const row = {
      name: path + name,
      type: typeOf(field),
      presence: required === isRequest ? (required ? "required" : "sometimes") : "",
      text: field.description ?? "",
    };
    return [row, ...fieldRows(field, schemas, isRequest, `${path}${name}.`)];
  });
}

function typeOf(schema: JsonSchema): string {
  const parts = [
    ...(schema.$ref === undefined ? [schema.type ?? []].flat() : [schema.$ref.split("/").at(-1) ?? ""]),
    ...(schema.anyOf ?? []).map((one) => (isSchema(one) ? typeOf(one) : "")),
  ];
  const bounds =
    schema.minimum !== undefined && schema.maximum !== undefined ? ` ${schema.minimum}–${schema.maximum}` : "";
  const fallback = schema.default === undefined ? "" : `, default ${JSON.stringify(schema.default)}`;
  return `${parts.join(" | ")}${schema.format === undefined ? "" : ` (${schema.format})`}${bounds}${fallback}`;
}

function isSchema(value: unknown): value is JsonSchema {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
