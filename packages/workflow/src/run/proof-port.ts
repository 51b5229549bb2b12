import type { Json } from "@attestream/shared";
import type { CapturedResponse } from "./page-port.ts";

/** What was read of a part. */
export interface ReadPart {
  fields: Record<string, Json>;
  /** Null: all of it stands on the page. */
  response: CapturedResponse | null;
}

/** Who sees to it that parts can be proved. Told of those only that the tree wants proved. */
export interface ProofPort {
  /** Just before the part is opened: what the site answers from now on is witnessed. */
  begin(part: string): Promise<void>;
  /**
   * The part was read, or could not be: null. Rejects with a TreeFailure where it must be proved and is not, and
   * where what was witnessed is not what was read.
   */
  end(part: string, read: ReadPart | null): Promise<void>;
}
