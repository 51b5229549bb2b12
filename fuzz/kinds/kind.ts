import type { Random } from "../mutate/random.ts";

export type Outcome = "accepted" | "refused";

/** One thing that is fed with mutations. */
export interface Kind {
  /** What its cases are, for the table. */
  title: string;
  /** Its part of all cases. */
  part: number;
  /** Makes what the mutations begin with. Then each case is one call, which throws when something is not as it must be. */
  prepare(): Promise<(random: Random) => Outcome>;
}
