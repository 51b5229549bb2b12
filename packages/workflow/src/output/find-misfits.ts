import type { ExtractedData } from "@attestream/shared";
import { outputSchemaOf, type OutputName } from "./output-schemas.ts";

/**
 * Paths of what does not fit the promised form, none when all is well. A field that is missing
 * because its part failed is excused: that the data is partial is told otherwise. Never a value.
 */
export function findMisfits(name: OutputName, data: ExtractedData, excused: ReadonlySet<string>): string[] {
  const checked = outputSchemaOf(name).safeParse(data);
  const paths = (checked.error?.issues ?? [])
    .filter(({ path: [field] }) => Object.hasOwn(data, String(field)) || !excused.has(String(field)))
    .map(({ path }) => path.map(String).join("."));
  return [...new Set(paths)];
}
