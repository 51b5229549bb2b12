import { Ajv2020, type ValidateFunction } from "ajv/dist/2020.js";
import formats from "ajv-formats";
import { operationOf, type Document } from "./document.ts";

export interface Answered {
  method: string;
  /** Without the query. */
  path: string;
  status: number;
  contentType: string | null;
  body: unknown;
}

/** What an answer has against the document, in words; null where it is as documented, or the document does not know the path. */
export type AnswerCheck = (answered: Answered) => string | null;

export function createAnswerCheck(document: Document): AnswerCheck {
  const ajv = new Ajv2020({ strict: false, allErrors: true });
  formats.default(ajv);
  ajv.addSchema(document, "document");
  const compiled = new Map<string, ValidateFunction>();

  return ({ method, path, status, contentType, body }) => {
    const found = operationOf(document, method, path);
    if (!found) return null;
    const [template, { operationId, responses }] = found;
    const response = responses[status];
    if (!response) return `${operationId} answered ${status}, which is not documented: ${JSON.stringify(body)}`;
    if (response.content === undefined && contentType === null) return null;
    const types = Object.keys(response.content ?? {});
    const type = types.find((known) => contentType?.split(";", 1)[0]?.trim() === known);
    if (type === undefined)
      return `${operationId} answered ${status} as ${contentType}, documented are ${types.join(", ")}`;
    if (type !== "application/json") return null;
    const pointer = ["paths", template, method.toLowerCase(), "responses", String(status), "content", type, "schema"]
      .map((part) => encodeURIComponent(part.replaceAll("~", "~0").replaceAll("/", "~1")))
      .join("/");
    let validate = compiled.get(pointer);
    if (!validate) {
      validate = ajv.compile({ $ref: `document#/${pointer}` });
      compiled.set(pointer, validate);
    }
    if (validate(body)) return null;
    return `${operationId} answered ${status} otherwise than documented: ${ajv.errorsText(validate.errors, { dataVar: "body" })}`;
  };
}
