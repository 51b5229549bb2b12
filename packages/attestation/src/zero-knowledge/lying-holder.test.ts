import { expect, it } from "vitest";
import { sampleInput, sampleNow } from "../test-support/sample.ts";
import { encodeBase64url } from "./base64url.ts";
import { openCredential } from "./check-credential.ts";
import { createBbsKey, issueCredential, predicateProofType, verifyPresentation } from "./index.ts";
import { loadCryptoWasm } from "./load-crypto-wasm.ts";
import { proofStatements } from "./proof-statements.ts";
import { resolveRanges } from "./resolve-ranges.ts";
import { signatureParametersFor } from "./suite.ts";

/** Has a credential over 1250.5 and a prover of their own that says what it likes. */
async function lie(options: { claimed: string; proven: string; witness: number | null }) {
  const key = await createBbsKey();
  const credential = await issueCredential(
    { ...sampleInput, claims: { income: 1250.5, age: 34 } },
    { issuer: "https://verify.example.com", key, now: () => sampleNow },
  );
  const { messages, signature } = await openCredential(credential);
  const { header } = credential;
  const claimed = {
    type: predicateProofType,
    header,
    revealed: {},
    ranges: [{ field: "income", min: options.claimed }],
  } as const;
  const library = await loadCryptoWasm();
  const [first = new Uint8Array(), ...hidden] = messages;
  const { statements, metaStatements, setup, context } = proofStatements(
    library,
    library.generatePoKBBSSignatureProverStatement(
      signatureParametersFor(library, messages.length),
      new Map([[0, first]]),
      false,
    ),
    resolveRanges(header, [{ field: "income", min: options.proven }]),
    { ...claimed, ranges: [...claimed.ranges] },
  );
  const signed = hidden[1] ?? new Uint8Array();
  const witness = options.witness === null ? signed : library.generateFieldElementFromNumber(options.witness);
  const proof = library.generateCompositeProofG1WithDeconstructedProofSpec(
    statements,
    metaStatements,
    setup,
    [
      library.generatePoKBBSSignatureWitness(signature, new Map(hidden.map((message, at) => [at + 1, message])), false),
      library.generateBoundCheckBppWitness(witness),
    ],
    context,
  );
  const presentation = { ...claimed, proof: encodeBase64url(proof) };
  return verifyPresentation(presentation, { keys: { keys: [key.publicKey] }, now: sampleNow });
}

it("the honest form of this prover is believed", async () => {
  expect(await lie({ claimed: "1000", proven: "1000", witness: null })).toMatchObject({ ok: true });
});

it("a lower range than is claimed is not taken for it", async () => {
  expect(await lie({ claimed: "5000", proven: "1000", witness: null })).toMatchObject({ reason: "proof_invalid" });
});

it("the range of a number that nobody signed is not taken for that of the signed one", async () => {
  const richer = 2 ** 51 + 90_000_000;
  expect(await lie({ claimed: "5000", proven: "5000", witness: richer })).toMatchObject({ reason: "proof_invalid" });
});
