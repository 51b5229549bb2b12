import type { PlatformDefinition, RequestPattern } from "@attestream/workflow";

/** The responses that a tree will want to read. */
export function capturesOf(definition: PlatformDefinition): RequestPattern[] {
  return definition.collect.flatMap(({ capture }) =>
    capture ? [{ ...capture.request, method: capture.request.method ?? "GET" }] : [],
  );
}
