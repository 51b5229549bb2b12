import type { CryptoWasm } from "@docknetwork/crypto-wasm";
import type { Json } from "@attestream/shared";
import { canonicalJson } from "../canonical-json.ts";
import type { ResolvedRange } from "./resolve-ranges.ts";
import { rangeSetup } from "./suite.ts";
import type { Presentation } from "./vocabulary.ts";

/** Of a proof without hidden fields and ranges, of each range, and of each hidden field. */
const lengths = { proof: 365, range: 1275, hidden: 32 };

/** A proof has one length: the library would not mind more bytes after its end, and one proof would have many spellings. */
export function proofLength(hidden: number, ranges: number): number {
  return lengths.proof + hidden * lengths.hidden + ranges * lengths.range;
}

export interface ProofStatements {
  statements: Uint8Array[];
  metaStatements: Uint8Array[];
  setup: Uint8Array[];
  context: Uint8Array;
}

/**
 * What prover and verifier must agree on. The library's ranges end before their upper bound, ours with it. Statement 0 is the signature; each range is one more, about the very number
 * that is hidden in the signature. The context is all that a presentation says, so that no word of it can be changed.
 */
export function proofStatements(
  library: CryptoWasm,
  signatureStatement: Uint8Array,
  ranges: readonly ResolvedRange[],
  claimed: Omit<Presentation, "proof">,
): ProofStatements {
  return {
    statements: [
      signatureStatement,
      ...ranges.map(({ min, max }) => library.generateBoundCheckBppStatementFromParamRefs(min, max + 1, 0)),
    ],
    metaStatements: ranges.map(({ index }, at) =>
      library.generateWitnessEqualityMetaStatement(
        new Set<[number, number]>([
          [0, index],
          [at + 1, 0],
        ]),
      ),
    ),
    setup: ranges.length === 0 ? [] : [rangeSetup(library)],
    context: new TextEncoder().encode(`attestream predicate proof\n${canonicalJson(claimed as unknown as Json)}`),
  };
}
