import type { ExtractedData } from "@attestream/shared";
import { findReservedName } from "../reserved-name.ts";

/** The data holds a name that SD-JWT uses for itself. The message names it; it is a name from the workflow, never the user's data. */
export class NotAttestableError extends Error {
  constructor(name: string) {
    super(
      `The field name ${JSON.stringify(name)} has a meaning of its own in an SD-JWT; rename the field in the workflow`,
    );
    this.name = "NotAttestableError";
  }
}

export function assertAttestable(claims: ExtractedData): void {
  const name = findReservedName(claims);
  if (name !== undefined) throw new NotAttestableError(name);
}
