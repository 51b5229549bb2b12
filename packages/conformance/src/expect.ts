import type { Answer } from "./client.ts";

/** The installation does otherwise than the contract says. */
export class Deviation extends Error {
  override readonly name = "Deviation";
}

/** The check needs something that this run was not given. */
export class NotPossible extends Error {
  override readonly name = "NotPossible";
}

export type Fields = Record<string, unknown>;

export function expectThat(condition: boolean, otherwise: string): asserts condition {
  if (!condition) throw new Deviation(otherwise);
}

export function isFields(value: unknown): value is Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

const kinds = {
  string: (value: unknown) => typeof value === "string",
  number: (value: unknown) => typeof value === "number" && Number.isFinite(value),
  integer: (value: unknown) => Number.isInteger(value),
  boolean: (value: unknown) => typeof value === "boolean",
  object: isFields,
  array: Array.isArray,
  time: (value: unknown) =>
    typeof value === "string" &&
    /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/.test(value) &&
    !Number.isNaN(Date.parse(value)),
  uuid: (value: unknown) =>
    typeof value === "string" && /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/.test(value),
  url: (value: unknown) => typeof value === "string" && URL.canParse(value),
} as const;

export type Kind = keyof typeof kinds;
export type Shape = Record<string, Kind | `${Kind}|null`>;

/** Every field is there and of its kind. More fields are allowed: the contract only grows. */
export function expectShape(value: unknown, shape: Shape, where: string): Fields {
  expectThat(isFields(value), `${where} is not an object: ${show(value)}`);
  for (const [name, kind] of Object.entries(shape)) {
    expectThat(Object.hasOwn(value, name), `${where}.${name} is missing`);
    const field = value[name];
    const [plain, orNull] = kind.split("|");
    const fits = (orNull === "null" && field === null) || kinds[plain as Kind](field);
    expectThat(fits, `${where}.${name} is not ${kind}: ${show(field)}`);
  }
  return value;
}

/** The documented envelope with that status; gives what is in it. */
export function expectSuccess(answer: Answer, ...statuses: number[]): unknown {
  const wanted = statuses.length === 0 ? [200] : statuses;
  expectThat(wanted.includes(answer.status), `status ${answer.status} instead of ${wanted.join("/")}: ${answer.text}`);
  expectThat(isFields(answer.body), `the answer is not a JSON object: ${answer.text}`);
  expectThat(answer.body["status"] === "success", `status is not "success": ${answer.text}`);
  expectThat(Object.hasOwn(answer.body, "data"), `there is no data: ${answer.text}`);
  expectThat(Object.keys(answer.body).length === 2, `more than status and data: ${answer.text}`);
  return answer.body["data"];
}

/** A refusal with that HTTP status, in the error envelope; `param` names the offending field. */
export function expectRefusal(answer: Answer, status: number, options: { param?: string; code?: string } = {}): Fields {
  expectThat(answer.status === status, `status ${answer.status} instead of ${status}: ${answer.text.slice(0, 300)}`);
  expectThat(isFields(answer.body) && answer.body["status"] === "error", `no error envelope: ${answer.text}`);
  const error = expectShape(
    answer.body["error"],
    { type: "string", code: "string", message: "string", retriable: "boolean", requestId: "string", docUrl: "url" },
    "error",
  );
  expectThat(
    error["requestId"] === answer.headers.get("x-request-id"),
    "requestId is not the one of the x-request-id header",
  );
  expectThat(!/\n\s+at |node_modules|\.ts:\d/.test(answer.text), "the answer shows a stack");
  if (options.param !== undefined)
    expectThat(error["param"] === options.param, `param is ${show(error["param"])} instead of ${options.param}`);
  if (options.code !== undefined)
    expectThat(error["code"] === options.code, `code is ${show(error["code"])} instead of ${options.code}`);
  return error;
}

export function show(value: unknown): string {
  return JSON.stringify(value)?.slice(0, 200) ?? "undefined";
}
