import type { z } from "zod";

/**
 * Parses what a server or frame has sent. The shared schemas are strict, because they also guard what
 * our server sends; but an SDK lives longer than the server of its day, and new fields are promised to
 * be additive. So fields that the schema does not know are dropped, and everything else is held to it.
 */
export function parseTolerant<T extends z.ZodType>(schema: T, value: unknown): z.ZodSafeParseResult<z.output<T>> {
  const first = schema.safeParse(value);
  if (first.success || !first.error.issues.every((issue) => issue.code === "unrecognized_keys")) return first;
  const copy = structuredClone(value);
  for (const issue of first.error.issues) {
    const holder = issue.path.reduce<unknown>((at, key) => (isRecord(at) ? at[key] : undefined), copy);
    if (isRecord(holder)) for (const key of issue.keys) delete holder[key];
  }
  // What the unknown fields hid is judged now; there can be no unknown ones left.
  return schema.safeParse(copy);
}

function isRecord(value: unknown): value is Record<PropertyKey, unknown> {
  return typeof value === "object" && value !== null;
}
